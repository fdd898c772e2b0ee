import { ApiError, describe, isAbort } from './api/client';
import type { HeartbeatSeries, Server } from './api/types';
import { app } from './app.svelte';
import { boundsOf, intervalFor, type LiveBeat, type Range, type RangeChoice } from './series';

const ASK_SERVER_MS = 5_000;
const ASK_SERIES_MS = 60_000;

/** One server's data: its latest state, live, and its history over a range. */
export class ServerView {
  server = $state.raw<Server | null>(null);
  error = $state<string | null>(null);
  missing = $state(false);
  series = $state.raw<HeartbeatSeries | null>(null);
  seriesError = $state<string | null>(null);
  range = $state.raw<Range>({ from: 0, to: 1 });
  /** The range that was asked for last; it does not move with the feed. */
  asked = $state.raw<Range>({ from: 0, to: 1 });
  /** Heartbeats that are newer than the history. */
  live = $state.raw<readonly LiveBeat[]>([]);

  readonly #id: string;
  readonly #closing = new AbortController();
  #choice: RangeChoice | null = null;
  #asking: AbortController | null = null;

  constructor(id: string) {
    this.#id = id;
  }

  /** Starts listening and asking. @return ends both */
  open(): () => void {
    void this.askServer();
    app.feed.subscribe({ servers: [this.#id] });
    const stopListening = app.feed.listen((_change, rows) => this.#follow(rows.get(this.#id)));
    const serverTimer = setInterval(() => {
      if (app.feed.status !== 'live' && document.visibilityState === 'visible') void this.askServer();
    }, ASK_SERVER_MS);
    const seriesTimer = setInterval(() => {
      if (this.#choice?.kind === 'named' && document.visibilityState === 'visible') void this.askSeries();
    }, ASK_SERIES_MS);
    return () => {
      stopListening();
      clearInterval(serverTimer);
      clearInterval(seriesTimer);
      this.#closing.abort();
      this.#asking?.abort();
      app.feed.subscribe(null);
    };
  }

  show(choice: RangeChoice): void {
    this.#choice = choice;
    void this.askSeries();
  }

  /** @param changed whether a person has just changed it: then the answer counts, whatever the feed has */
  async askServer(changed = false): Promise<void> {
    try {
      const server = await app.api.server(this.#id, this.#closing.signal);
      if (changed || app.feed.status !== 'live' || this.server === null) this.server = server;
      app.names.learn([server]);
      this.error = null;
      this.missing = false;
    } catch (cause) {
      if (isAbort(cause)) return;
      if (cause instanceof ApiError && cause.kind === 'missing') this.missing = true;
      else this.error = describe(cause);
    }
  }

  async askSeries(): Promise<void> {
    const choice = this.#choice;
    if (choice === null) return;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const now = Date.now();
    const range = boundsOf(choice, now);
    if (choice.kind === 'custom' || range.to - this.asked.to >= ASK_SERIES_MS / 2 || range.to - range.from !== this.asked.to - this.asked.from) {
      this.asked = range;
    }
    try {
      const query = { ...range, interval: intervalFor(range.to - range.from) };
      const series = await app.api.heartbeats(this.#id, query, asking.signal);
      this.series = series;
      this.range = range;
      const newest = Date.parse(series.points.at(-1)?.time ?? '') || 0;
      this.live = this.live.filter((beat) => beat.time > newest);
      this.seriesError = null;
    } catch (cause) {
      if (!isAbort(cause)) this.seriesError = describe(cause);
    }
  }

  #follow(server: Server | undefined): void {
    if (!server) return;
    const before = this.server;
    this.server = server;
    this.missing = false;
    if (server.timestamp === before?.timestamp || this.#choice?.kind !== 'named') return;
    const time = Date.parse(server.timestamp);
    const newest = this.live.at(-1)?.time ?? 0;
    if (time > newest) {
      const beat = { time, memoryMb: server.memoryMb, cpuPercent: server.cpuPercent };
      this.live = [...this.live, beat].slice(-120);
      const length = this.range.to - this.range.from;
      if (time > this.range.to) this.range = { from: time - length, to: time };
    }
  }
}
