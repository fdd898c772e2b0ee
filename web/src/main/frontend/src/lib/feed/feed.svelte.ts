import { untrack } from 'svelte';
import type { Server } from '../api/types';
import { FeedMachine, TIMING, type Effect, type Input } from './machine';
import type { FeedEvent, Filter } from './messages';
import type { Change } from './replica';

/** `live`: values are current. `connecting`: not yet, and not for long. `down`: the page must ask by itself. */
export type FeedStatus = 'off' | 'connecting' | 'live' | 'down';

type Listener = (change: Change, rows: ReadonlyMap<string, Server>) => void;
/** null: some were lost. */
type EventListener = (events: readonly FeedEvent[] | null) => void;

/** The connection is called down once it has been away for this long; shorter breaks are not worth a word. */
const PATIENCE_MS = 4_000;

/**
 * The one live connection of the dashboard: feeds the machine with a real socket, clock and timer, and shows its
 * state to the pages.
 */
export class LiveFeed {
  status = $state<FeedStatus>('off');
  /** When the values were last known to be current; null before the first time. */
  syncedAt = $state<number | null>(null);

  readonly #machine = new FeedMachine<Server>(Math.random);
  readonly #listeners = new Set<Listener>();
  readonly #eventListeners = new Set<EventListener>();
  readonly #onRefused: () => void;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #troubledSince: number | null = null;

  /** @param onRefused called when the server does not accept the session */
  constructor(onRefused: () => void) {
    this.#onRefused = onRefused;
    const wake = () => {
      if (document.visibilityState === 'visible') this.#handle({ kind: 'wake' });
    };
    addEventListener('online', wake);
    document.addEventListener('visibilitychange', wake);
  }

  get rows(): ReadonlyMap<string, Server> {
    return this.#machine.rows;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#handle({ kind: 'tick' }), TIMING.tick);
    this.#handle({ kind: 'start' });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#handle({ kind: 'stop' });
    this.syncedAt = null;
  }

  /** Replaces the subscription; null ends it. */
  subscribe(filter: Filter | null): void {
    this.#handle({ kind: 'subscribe', filter });
  }

  /** @return ends the listening */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells of alerts, repairs and audit entries as they happen. @return ends the listening */
  listenToEvents(listener: EventListener): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  /** The keys of the window in their order. */
  get order(): readonly string[] {
    return this.#machine.order;
  }

  /** Of how many servers the window is a part; null without a window. */
  get total(): number | null {
    return this.#machine.total;
  }

  /** Untracked: an effect that subscribes must not run again because the status changed. */
  #handle(input: Input): void {
    untrack(() => {
      for (const effect of this.#machine.handle(input, Date.now())) this.#apply(effect);
      this.#showStatus();
    });
  }

  #apply(effect: Effect): void {
    switch (effect.kind) {
      case 'open':
        this.#openSocket();
        break;
      case 'close':
        this.#dropSocket();
        break;
      case 'send':
        if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(effect.message));
        break;
      case 'changed':
        for (const listener of [...this.#listeners]) listener(effect.change, this.#machine.rows);
        break;
      case 'happened':
        for (const listener of [...this.#eventListeners]) listener(effect.events);
        break;
      case 'lost':
        for (const listener of [...this.#eventListeners]) listener(null);
        break;
      case 'refused':
        this.#onRefused();
        break;
    }
  }

  #openSocket(): void {
    this.#dropSocket();
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(`${scheme}//${location.host}/ws/live`);
    this.#socket = socket;
    socket.onopen = () => this.#handle({ kind: 'opened' });
    socket.onmessage = (event) => this.#handle({ kind: 'message', text: String(event.data) });
    socket.onclose = (event) => {
      this.#socket = null;
      this.#handle({ kind: 'closed', code: event.code });
    };
  }

  #dropSocket(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #showStatus(): void {
    const now = Date.now();
    if (this.#machine.phase === 'stopped') {
      this.status = 'off';
      this.#troubledSince = null;
    } else if (this.#machine.synced) {
      this.status = 'live';
      this.syncedAt = now;
      this.#troubledSince = null;
    } else {
      this.#troubledSince ??= now;
      this.status = now - this.#troubledSince >= PATIENCE_MS ? 'down' : this.status === 'down' ? 'down' : 'connecting';
    }
  }
}
