import { describe, isAbort } from './api/client';
import type { Server, SortColumn, StatusCounts } from './api/types';
import { app } from './app.svelte';
import type { Change } from './feed/replica';
import { toServersQuery, type FleetQuery } from './fleet-query';
import { RowOrder } from './row-order';
import { Sparklines } from './sparklines';
import { totalOf } from './status';

/** Up to this many servers the feed carries all of them; beyond, only those on the screen. */
const WHOLE_FLEET = 500;
/** How often the page asks for order and counts, in milliseconds: with a feed that tells of every server, and without. */
const ASK_WHEN_TOLD_MS = 15_000;
const ASK_WHEN_BLIND_MS = 5_000;
/** Least time between two questions that changes in the feed give rise to. */
const ASK_SPACING_MS = 2_000;
/** History that seeds a sparkline, for so many servers, so many questions at once. */
const SEED_RANGE_MS = 3_600_000;
const MOST_SEEDS = 50;
const SEEDS_AT_ONCE = 2;

/**
 * The fleet page's data: order, membership and counts as the server gives them, and over these the values of the
 * live feed. Nothing is sorted or filtered in here.
 */
export class FleetView {
  ids = $state.raw<readonly string[]>([]);
  rows = $state.raw<ReadonlyMap<string, Server>>(new Map());
  sparks = $state.raw(new Sparklines());
  counts = $state.raw<StatusCounts | null>(null);
  total = $state(0);
  /** Whether the rows on the screen answer the query of the URL. */
  settled = $state(false);
  error = $state<string | null>(null);
  arrivals = $state(0);
  orderWaits = $state(false);

  readonly #order = new RowOrder();
  readonly #seeded = new Set<string>();
  readonly #seedQueue: string[] = [];
  readonly #closing = new AbortController();
  #seeding = 0;
  #query: FleetQuery | null = null;
  #held = false;
  #asking: AbortController | null = null;
  #askedAt = 0;
  #askDue = false;

  /** Starts listening and asking. @return ends both */
  open(): () => void {
    const stopListening = app.feed.listen((change, rows) => this.#follow(change, rows));
    const timer = setInterval(() => this.#beat(), 250);
    return () => {
      stopListening();
      clearInterval(timer);
      this.#asking?.abort();
      this.#closing.abort();
      app.feed.subscribe(null);
    };
  }

  show(query: FleetQuery): void {
    this.#query = query;
    this.settled = false;
    void this.#ask(true);
  }

  retry(): void {
    void this.#ask(true);
  }

  /** While held, rows keep their places. */
  hold(held: boolean): void {
    this.#held = held;
    this.#settle();
  }

  /** Shows the order that waits, because a person asked for it. */
  release(): void {
    this.#order.settle(false, Number.POSITIVE_INFINITY);
    this.#publishOrder();
  }

  async #ask(asked: boolean): Promise<void> {
    const query = this.#query;
    if (query === null) return;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#askedAt = Date.now();
    this.#askDue = false;
    try {
      const page = await app.api.servers(toServersQuery(query), asking.signal);
      const ids = page.servers.map((server) => server.id);
      app.names.learn(page.servers);
      this.#mergeAnswer(page.servers);
      if (asked || !this.settled) this.#order.ask(ids, Date.now());
      else this.#order.offer(ids, this.#held, Date.now());
      this.total = page.total;
      this.counts = page.counts;
      app.counts = page.counts;
      this.settled = true;
      this.error = null;
      this.#publishOrder();
    } catch (cause) {
      if (!isAbort(cause)) this.error = describe(cause);
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
  }

  /** Over what the feed has just told, an answer that was on its way is already old. */
  #mergeAnswer(servers: readonly Server[]): void {
    const fed = app.feed.status === 'live' ? app.feed.rows : null;
    const rows = new Map(this.rows);
    for (const server of servers) rows.set(server.id, fed?.get(server.id) ?? server);
    this.rows = rows;
    this.#spark(servers.map((server) => server.id));
  }

  #follow(change: Change, fed: ReadonlyMap<string, Server>): void {
    const rows = new Map(this.rows);
    let moved = change.added.length > 0 || change.gone.length > 0;
    for (const id of change.changed) {
      const after = fed.get(id);
      if (!after) continue;
      const before = rows.get(id);
      moved ||= before !== undefined && this.#query !== null && placeChanged(before, after, this.#query.sort);
      rows.set(id, after);
    }
    this.rows = rows;
    this.#spark(change.changed);
    if (moved) this.#askDue = true;
  }

  #beat(): void {
    const now = Date.now();
    this.#settle();
    if (document.visibilityState !== 'visible' || this.#asking !== null) return;
    const rest = app.feed.status === 'live' && this.#feedTellsAll() ? ASK_WHEN_TOLD_MS : ASK_WHEN_BLIND_MS;
    const since = now - this.#askedAt;
    if (since >= rest || (this.#askDue && since >= ASK_SPACING_MS)) void this.#ask(false);
  }

  #settle(): void {
    this.#order.settle(this.#held, Date.now());
    this.#publishOrder();
  }

  #publishOrder(): void {
    this.arrivals = this.#order.arrivals;
    this.orderWaits = this.#order.isWaiting;
    if (this.ids === this.#order.shown) return;
    this.ids = this.#order.shown;
    app.lastOrder = this.ids;
    this.#forgetOthers();
    this.#followScreen();
    this.#seedSparks();
  }

  #feedTellsAll(): boolean {
    return this.counts !== null && totalOf(this.counts) <= WHOLE_FLEET;
  }

  #followScreen(): void {
    app.feed.subscribe(this.#feedTellsAll() ? {} : { servers: [...this.ids].sort() });
  }

  /** Rows of pages that were left are not kept, or a long walk through a large fleet would keep it all. */
  #forgetOthers(): void {
    const kept = new Set(this.ids);
    this.rows = new Map([...this.rows].filter(([id]) => kept.has(id)));
    this.sparks = this.sparks.keeping(kept);
    for (const id of [...this.#seeded]) if (!kept.has(id)) this.#seeded.delete(id);
  }

  #spark(ids: readonly string[]): void {
    this.sparks = this.sparks.withBeats(ids.flatMap((id) => this.rows.get(id) ?? []));
  }

  #seedSparks(): void {
    this.#seedQueue.length = 0;
    this.#seedQueue.push(...this.ids.filter((id) => !this.#seeded.has(id)).slice(0, MOST_SEEDS));
    while (this.#seeding < SEEDS_AT_ONCE && this.#seedQueue.length > 0) void this.#seedNext();
  }

  async #seedNext(): Promise<void> {
    this.#seeding += 1;
    for (let id = this.#seedQueue.shift(); id !== undefined; id = this.#seedQueue.shift()) {
      this.#seeded.add(id);
      const to = Date.now();
      try {
        const series = await app.api.heartbeats(
          id,
          { from: to - SEED_RANGE_MS, to, interval: '1m' },
          this.#closing.signal,
        );
        const past = series.points.flatMap((point) => (point.memoryMb ? [point.memoryMb.avg] : []));
        this.sparks = this.sparks.withPast(id, past);
      } catch (cause) {
        if (isAbort(cause)) break;
        // A sparkline without its past grows from now on.
      }
    }
    this.#seeding -= 1;
  }
}

/** Whether a change of values can have changed the row's place in the order, or the counts. */
function placeChanged(before: Server, after: Server, sort: SortColumn): boolean {
  return before.status !== after.status || SORT_VALUES[sort](before) !== SORT_VALUES[sort](after);
}

const SORT_VALUES: Readonly<Record<SortColumn, (server: Server) => string | number | null>> = {
  status: (server) => server.status,
  name: (server) => server.name,
  version: (server) => server.version,
  since: (server) => server.since,
  firstSeen: (server) => server.firstSeen,
  lastSeen: (server) => server.lastSeen,
  uptime: (server) => server.uptimeSeconds,
  memory: (server) => server.memoryMb,
  peakMemory: (server) => server.peakMemoryMb,
  cpu: (server) => server.cpuPercent,
  routes: (server) => server.routes.unhealthy,
  slowest: (server) => server.routes.slowestAvgMs,
  repairs: (server) => server.repairs.total,
  failedRepairs: (server) => server.repairs.failures,
  cost: (server) => server.usage.costMicros,
  tokens: (server) => server.usage.totalTokens,
  calls: (server) => server.usage.totalCalls,
  memories: (server) => server.memories,
  backups: (server) => server.backups,
  instances: (server) => server.instances,
};
