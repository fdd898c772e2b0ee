import { describe, expect, it } from 'vitest';
import { FeedMachine, TIMING, type Effect, type Input } from '../../src/lib/feed/machine';
import type { Sent } from '../../src/lib/feed/messages';

interface Row {
  id: string;
  memoryMb: number;
  routes?: { total: number; healthy?: number };
}

const HELLO = { op: 'hello', epoch: 'e', seq: 0, ping: 25_000, serverTime: 0 };

/** A machine with a clock of its own and a note of what it did. */
class Bench {
  readonly machine: FeedMachine<Row>;
  now = 1_000_000;
  effects: Effect[] = [];

  constructor(random: () => number = () => 0.5) {
    this.machine = new FeedMachine<Row>(random);
  }

  do(input: Input): Effect[] {
    this.effects = this.machine.handle(input, this.now);
    return this.effects;
  }

  receive(message: object): Effect[] {
    return this.do({ kind: 'message', text: JSON.stringify(message) });
  }

  /** Lets time pass in the owner's ticks. @return all that happened meanwhile */
  pass(ms: number): Effect[] {
    const all: Effect[] = [];
    for (let left = ms; left > 0; left -= TIMING.tick) {
      this.now += TIMING.tick;
      all.push(...this.do({ kind: 'tick' }));
    }
    this.effects = all;
    return all;
  }

  connect(): Effect[] {
    this.do({ kind: 'opened' });
    return this.receive(HELLO);
  }

  get sent(): Sent[] {
    return this.effects.flatMap((effect) => (effect.kind === 'send' ? [effect.message] : []));
  }

  did(kind: Effect['kind']): boolean {
    return this.effects.some((effect) => effect.kind === kind);
  }

  row(id: string): Row | undefined {
    return this.machine.rows.get(id);
  }
}

const snapshot = (id: number, rows: Row[], seq = 10, part = 0, last = true) => ({
  op: 'snap',
  id,
  part,
  last,
  seq,
  u: rows.map((row) => ({ k: row.id, p: row })),
});
const delta = (id: number, seq: number, k: string, p: Partial<Row>, x: string[] = []) => ({ op: 'd', id, seq, u: [{ k, p }], x, e: [] });

const event = (seq: number) => ({ seq, kind: 'alert', server: 'a', at: '2026-11-21T10:00:00Z', data: {} });

function live(rows: Row[] = [{ id: 'a', memoryMb: 1 }]): Bench {
  const bench = new Bench();
  bench.do({ kind: 'subscribe', filter: {} });
  bench.do({ kind: 'start' });
  bench.connect();
  bench.receive(snapshot(1, rows));
  return bench;
}

describe('the live feed', () => {
  it('subscribes after the hello and shows rows only once the snapshot is whole', () => {
    const bench = new Bench();
    bench.do({ kind: 'subscribe', filter: { servers: ['a'] } });
    expect(bench.do({ kind: 'start' })).toEqual([{ kind: 'open' }]);
    bench.connect();
    expect(bench.sent).toEqual([{ op: 'sub', id: 1, topic: 'fleet', filter: { servers: ['a'] } }]);
    bench.receive(snapshot(1, [{ id: 'a', memoryMb: 1 }], 10, 0, false));
    expect(bench.machine.rows.size).toBe(0);
    expect(bench.machine.synced).toBe(false);
    bench.receive(snapshot(1, [{ id: 'b', memoryMb: 2 }], 10, 1, true));
    expect([...bench.machine.rows.keys()]).toEqual(['a', 'b']);
    expect(bench.machine.synced).toBe(true);
  });

  it('merges a delta by key: other fields and other rows stay, nested objects are replaced whole', () => {
    const bench = live([
      { id: 'a', memoryMb: 1, routes: { total: 5, healthy: 5 } },
      { id: 'b', memoryMb: 2 },
    ]);
    const b = bench.row('b');
    bench.receive(delta(1, 11, 'a', { routes: { total: 6 } }));
    expect(bench.row('a')).toEqual({ id: 'a', memoryMb: 1, routes: { total: 6 } });
    expect(bench.row('b')).toBe(b);
  });

  it('tells what came, changed and went', () => {
    const bench = live();
    const [effect] = bench.receive(delta(1, 11, 'b', { id: 'b', memoryMb: 2 }, ['a', 'never']));
    expect(effect).toEqual({ kind: 'changed', change: { changed: ['b'], added: ['b'], gone: ['a'], snapshot: false } });
  });

  it('ignores a repeated delta', () => {
    const bench = live();
    bench.receive(delta(1, 11, 'a', { memoryMb: 5 }));
    bench.receive(delta(1, 12, 'a', { memoryMb: 6 }));
    expect(bench.receive(delta(1, 11, 'a', { memoryMb: 5 }))).toEqual([]);
    expect(bench.row('a')?.memoryMb).toBe(6);
  });

  it('subscribes again after a gap and keeps the old rows until the new snapshot is whole', () => {
    const bench = live();
    bench.now += 5_000;
    bench.receive(delta(1, 13, 'a', { memoryMb: 9 }));
    expect(bench.sent).toEqual([
      { op: 'unsub', id: 1 },
      { op: 'sub', id: 2, topic: 'fleet' },
    ]);
    expect(bench.row('a')?.memoryMb).toBe(1);
    expect(bench.machine.synced).toBe(false);
    bench.receive(delta(1, 14, 'a', { memoryMb: 99 }));
    expect(bench.row('a')?.memoryMb).toBe(1);
    bench.receive(snapshot(2, [{ id: 'a', memoryMb: 9 }]));
    expect(bench.row('a')?.memoryMb).toBe(9);
  });

  it('hands events on once, in order, and goes on after the last one on the next connection', () => {
    const bench = live();
    bench.receive({ op: 'ok', id: 1, epoch: 'e', seq: 40 });
    bench.receive({ ...delta(1, 11, 'a', {}), es: 43, e: [event(41), event(43)] });
    expect(bench.effects.at(-1)).toEqual({ kind: 'happened', events: [event(41), event(43)] });
    bench.do({ kind: 'closed', code: 1006 });
    bench.do({ kind: 'wake' });
    bench.connect();
    expect(bench.sent).toEqual([{ op: 'sub', id: 2, topic: 'fleet', resume: { epoch: 'e', seq: 43 } }]);
    expect(bench.receive({ op: 'ok', id: 2, epoch: 'e', seq: 43, recovered: true })).toEqual([]);
    bench.receive(snapshot(2, [{ id: 'a', memoryMb: 1 }]));
    bench.receive({ ...delta(2, 11, 'a', {}), es: 44, e: [event(43), event(44)] });
    expect(bench.effects.at(-1)).toEqual({ kind: 'happened', events: [event(44)] });
  });

  it('says that events were lost when they could not be recovered', () => {
    const bench = live();
    bench.receive({ op: 'ok', id: 1, epoch: 'e', seq: 40 });
    bench.do({ kind: 'closed', code: 1006 });
    bench.do({ kind: 'wake' });
    bench.connect();
    expect(bench.receive({ op: 'ok', id: 2, epoch: 'other', seq: 3, recovered: false })).toEqual([{ kind: 'lost' }]);
    bench.receive(snapshot(2, []));
    bench.receive({ ...delta(2, 11, 'a', {}), es: 4, e: [event(4)] });
    expect(bench.effects.at(-1)).toEqual({ kind: 'happened', events: [event(4)] });
  });

  it('waits for the snapshot that follows a resync, and shows the old rows until then', () => {
    const bench = live();
    bench.now += 5_000;
    expect(bench.receive({ op: 'resync', id: 1, eventsLost: true, epoch: 'e', es: 99 })).toEqual([{ kind: 'lost' }]);
    expect(bench.machine.synced).toBe(false);
    expect(bench.row('a')?.memoryMb).toBe(1);
    bench.receive(snapshot(1, [{ id: 'b', memoryMb: 2 }], 90));
    expect([...bench.machine.rows.keys()]).toEqual(['b']);
    expect(bench.machine.synced).toBe(true);
    bench.receive(delta(1, 91, 'b', { memoryMb: 3 }));
    expect(bench.row('b')?.memoryMb).toBe(3);
  });

  it('takes a snapshot that nobody announced for a gap, since the word of lost events went with the announcement', () => {
    const bench = live();
    bench.now += 5_000;
    bench.receive(snapshot(1, [{ id: 'b', memoryMb: 2 }], 90));
    expect(bench.sent.map((message) => message.op)).toEqual(['unsub', 'sub']);
  });

  it('shows a window in the order of the server', () => {
    const bench = new Bench();
    const window = { sort: 'memory', order: 'desc', limit: 2 } as const;
    bench.do({ kind: 'subscribe', filter: { tags: ['eu'], window } });
    bench.do({ kind: 'start' });
    bench.connect();
    expect(bench.sent).toEqual([{ op: 'sub', id: 1, topic: 'fleet', filter: { tags: ['eu'] }, window }]);
    bench.receive({ ...snapshot(1, [{ id: 'a', memoryMb: 9 }, { id: 'b', memoryMb: 8 }]), total: 7 });
    expect(bench.machine.order).toEqual(['a', 'b']);
    expect(bench.machine.total).toBe(7);
    bench.receive({ ...delta(1, 11, 'c', { id: 'c', memoryMb: 10 }, ['b']), o: ['c', 'a'], total: 8 });
    expect(bench.machine.order).toEqual(['c', 'a']);
    expect(bench.machine.total).toBe(8);
    expect(bench.row('b')).toBeUndefined();
  });

  it('keeps its place among the events when it looks through another window, not when it wants other events', () => {
    const bench = live();
    bench.receive({ op: 'ok', id: 1, epoch: 'e', seq: 40 });
    bench.do({ kind: 'subscribe', filter: { window: { offset: 50 } } });
    expect(bench.sent.at(-1)).toMatchObject({ resume: { epoch: 'e', seq: 40 } });
    bench.do({ kind: 'subscribe', filter: { kinds: ['alert'] } });
    expect(bench.sent.at(-1)).not.toHaveProperty('resume');
  });

  it('starts over on a new connection when gaps follow each other', () => {
    const bench = live();
    bench.receive(delta(1, 13, 'a', { memoryMb: 9 }));
    expect(bench.did('close')).toBe(true);
    expect(bench.machine.phase).toBe('waiting');
  });

  it('takes a message that it cannot read for a gap', () => {
    const bench = live();
    bench.now += 5_000;
    bench.do({ kind: 'message', text: '{"op":"d","id":1,"seq":11,"u":"nonsense"}' });
    expect(bench.sent.map((message) => message.op)).toEqual(['unsub', 'sub']);
  });

  it('does not care for messages of kinds that it does not know', () => {
    expect(live().receive({ op: 'future' })).toEqual([]);
  });

  it('asks after 15 quiet seconds and gives up after 40', () => {
    const bench = live();
    bench.pass(14_000);
    expect(bench.effects).toEqual([]);
    bench.pass(1_000);
    expect(bench.sent).toEqual([{ op: 'ping' }]);
    bench.pass(24_000);
    expect(bench.did('close')).toBe(false);
    bench.pass(1_000);
    expect(bench.did('close')).toBe(true);
  });

  it('stays while pongs come', () => {
    const bench = live();
    for (let minute = 0; minute < 10; minute += 1) {
      for (let quarter = 0; quarter < 4; quarter += 1) {
        bench.pass(15_000);
        expect(bench.sent).toEqual([{ op: 'ping' }]);
        bench.receive({ op: 'pong' });
      }
    }
    expect(bench.machine.phase).toBe('live');
  });

  it('asks first where it could not look for a minute', () => {
    const bench = live();
    bench.now += 60_000;
    bench.do({ kind: 'tick' });
    expect(bench.sent).toEqual([{ op: 'ping' }]);
    bench.now += 60_000;
    bench.do({ kind: 'tick' });
    expect(bench.did('close')).toBe(true);
  });

  it('gives up on a hello or a snapshot that does not come', () => {
    const silent = new Bench();
    silent.do({ kind: 'start' });
    silent.pass(TIMING.greeting);
    expect(silent.did('close')).toBe(true);

    const empty = new Bench();
    empty.do({ kind: 'subscribe', filter: {} });
    empty.do({ kind: 'start' });
    empty.connect();
    empty.pass(TIMING.snapshot);
    expect(empty.did('close')).toBe(true);
  });

  it('waits longer after each failure, spread by chance, between 0.5 and 30 seconds', () => {
    const bench = new Bench(() => 0.999_999);
    bench.do({ kind: 'start' });
    const waits: number[] = [];
    for (let failure = 0; failure < 10; failure += 1) {
      bench.do({ kind: 'closed', code: 1006 });
      waits.push(Math.round(((bench.machine.retryAt ?? 0) - bench.now) / 1000));
      bench.now = bench.machine.retryAt ?? 0;
      expect(bench.do({ kind: 'tick' })).toEqual([{ kind: 'open' }]);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30, 30, 30]);

    const lucky = new Bench(() => 0);
    lucky.do({ kind: 'start' });
    lucky.do({ kind: 'closed', code: 1006 });
    expect((lucky.machine.retryAt ?? 0) - lucky.now).toBe(TIMING.shortestDelay);
  });

  it('starts from the shortest wait again only after 30 stable seconds', () => {
    const bench = new Bench(() => 0.999_999);
    const fail = () => {
      bench.do({ kind: 'closed', code: 1006 });
      const wait = (bench.machine.retryAt ?? 0) - bench.now;
      bench.now = bench.machine.retryAt ?? 0;
      bench.do({ kind: 'tick' });
      return Math.round(wait / 1000);
    };
    bench.do({ kind: 'start' });
    expect([fail(), fail(), fail()]).toEqual([1, 2, 4]);
    bench.connect();
    bench.pass(29_000);
    expect(fail()).toBe(8);
    bench.connect();
    bench.pass(31_000);
    expect(fail()).toBe(1);
  });

  it('does not sit out a wait when the network comes back', () => {
    const bench = live();
    bench.do({ kind: 'closed', code: 1006 });
    expect(bench.do({ kind: 'wake' })).toEqual([{ kind: 'open' }]);
    expect(bench.do({ kind: 'wake' })).toEqual([]);
  });

  it('comes back when the server said that it would', () => {
    const bench = live();
    bench.receive({ op: 'bye', retryIn: 2_000 });
    expect(bench.did('close')).toBe(true);
    expect((bench.machine.retryAt ?? 0) - bench.now).toBe(3_000);
  });

  it('says that the session may be over when the server turns it away', () => {
    const bench = live();
    bench.do({ kind: 'closed', code: 1008 });
    expect(bench.did('refused')).toBe(true);
  });

  it('keeps its subscription over a reconnect', () => {
    const bench = live();
    bench.do({ kind: 'closed', code: 1006 });
    bench.do({ kind: 'wake' });
    bench.connect();
    expect(bench.sent).toEqual([{ op: 'sub', id: 2, topic: 'fleet' }]);
  });

  it('changes its subscription without a reconnect, and not for the same one', () => {
    const bench = live();
    bench.do({ kind: 'subscribe', filter: { servers: ['b'] } });
    expect(bench.sent.map((message) => message.op)).toEqual(['unsub', 'sub']);
    bench.do({ kind: 'subscribe', filter: { servers: ['b'] } });
    expect(bench.sent).toEqual([]);
    bench.do({ kind: 'subscribe', filter: null });
    expect(bench.sent).toEqual([{ op: 'unsub', id: 2 }]);
  });

  it('forgets all rows when it stops', () => {
    const bench = live();
    expect(bench.do({ kind: 'stop' })).toEqual([{ kind: 'close' }]);
    expect(bench.machine.rows.size).toBe(0);
    expect(bench.pass(60_000)).toEqual([]);
  });
});

describe('a reconnect storm', () => {
  /** When each of many clients tries again, in milliseconds, after its connections failed so often in a row. */
  function retries(clients: number, failures: number): number[] {
    const random = seeded(42);
    return Array.from({ length: clients }, () => {
      const bench = new Bench(random);
      bench.do({ kind: 'start' });
      for (let failure = 1; failure < failures; failure += 1) {
        bench.do({ kind: 'closed', code: 1006 });
        bench.do({ kind: 'wake' });
      }
      bench.now = 1_000_000;
      bench.do({ kind: 'closed', code: 1006 });
      return (bench.machine.retryAt ?? 0) - bench.now;
    });
  }

  function busiest(times: number[], ms: number): number {
    const buckets = new Map<number, number>();
    for (const time of times) {
      const bucket = Math.floor(time / ms);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
    }
    return Math.max(...buckets.values());
  }

  it('of 5,000 clients spreads over half a minute once the platform stays away', () => {
    const times = retries(5_000, 7);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(TIMING.shortestDelay);
    expect(Math.max(...times)).toBeLessThanOrEqual(TIMING.longestDelay);
    // Even would be 167 a second.
    expect(busiest(times, 1_000)).toBeLessThan(250);
  });

  it('spreads from the first failure on', () => {
    const times = retries(5_000, 1);
    expect(Math.max(...times)).toBeLessThanOrEqual(1_000);
    expect(new Set(times.map(Math.round)).size).toBeGreaterThan(300);
  });

  it('after a goodbye spreads over as long as the server said', () => {
    const random = seeded(7);
    const times = Array.from({ length: 5_000 }, () => {
      const bench = new Bench(random);
      bench.do({ kind: 'start' });
      bench.connect();
      bench.receive({ op: 'bye', retryIn: 5_000 });
      return (bench.machine.retryAt ?? 0) - bench.now;
    });
    expect(Math.min(...times)).toBeGreaterThanOrEqual(5_000);
    expect(busiest(times, 1_000)).toBeLessThan(1_200);
  });
});

/** Numbers from 0 to 1 that are the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The other side: rows, one subscription, and a line between that drops, repeats and swaps messages. */
class FaultyServer {
  readonly rows = new Map<string, Row>();
  readonly #random: () => number;
  #open = false;
  #subscription: { id: number; seq: number } | null = null;
  #line: object[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  connect(): void {
    this.#open = true;
    this.#subscription = null;
    this.#line = [HELLO];
  }

  disconnect(): void {
    this.#open = false;
    this.#subscription = null;
    this.#line = [];
  }

  take(message: Sent): void {
    if (!this.#open) return;
    if (message.op === 'ping') this.#line.push({ op: 'pong' });
    if (message.op === 'unsub' && this.#subscription?.id === message.id) this.#subscription = null;
    if (message.op !== 'sub') return;
    this.#subscription = { id: message.id, seq: 50 };
    const rows = [...this.rows.values()];
    const half = Math.floor(rows.length / 2);
    this.#line.push(snapshot(message.id, rows.slice(0, half), 50, 0, false), snapshot(message.id, rows.slice(half), 50, 1, true));
  }

  /** A server somewhere reports: a new row, a changed one, or one that is gone. */
  change(): void {
    const id = `s${Math.floor(this.#random() * 12)}`;
    const gone = this.#random() < 0.15 && this.rows.delete(id);
    const before = this.rows.get(id);
    const changed: Partial<Row> = { memoryMb: Math.floor(this.#random() * 1_000) };
    const patch = before ? changed : { id, memoryMb: 0, ...changed };
    if (!gone) this.rows.set(id, { ...(before ?? { id, memoryMb: 0 }), ...changed });
    if (!this.#subscription) return;
    this.#subscription.seq += 1;
    const { id: subscription, seq } = this.#subscription;
    this.#line.push(gone ? { op: 'd', id: subscription, seq, u: [], x: [id], e: [] } : delta(subscription, seq, id, patch));
  }

  /** What arrives next. @param faults probability of each kind of fault */
  arrivals(faults: number): object[] {
    const arrived: object[] = [];
    for (const message of this.#line.splice(0)) {
      if (this.#random() < faults) continue;
      arrived.push(message);
      if (this.#random() < faults) arrived.push(message);
      if (arrived.length > 1 && this.#random() < faults) arrived.push(...arrived.splice(-2).reverse());
    }
    return arrived;
  }
}

describe('the live feed on a bad line', () => {
  it('ends with the rows of the server, whatever was dropped, repeated, swapped or cut', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = seeded(seed);
      const server = new FaultyServer(random);
      const bench = new Bench(random);
      const perform = (effects: Effect[]) => {
        for (const effect of effects) {
          if (effect.kind === 'close') server.disconnect();
          if (effect.kind === 'send') server.take(effect.message);
          if (effect.kind === 'open') {
            server.connect();
            perform(bench.do({ kind: 'opened' }));
          }
        }
      };
      const step = (faults: number) => {
        if (random() < 0.5) server.change();
        if (random() < faults / 4) {
          server.disconnect();
          perform(bench.do({ kind: 'closed', code: 1006 }));
        }
        for (const message of server.arrivals(faults)) perform(bench.receive(message));
        bench.now += 250;
        if (bench.now % TIMING.tick === 0) perform(bench.do({ kind: 'tick' }));
      };

      perform(bench.do({ kind: 'subscribe', filter: {} }));
      perform(bench.do({ kind: 'start' }));
      for (let turn = 0; turn < 400; turn += 1) step(0.08);
      // The line is good again: at the latest after the longest silence and the longest wait all is well.
      for (let turn = 0; turn < 4 * 90; turn += 1) step(0);
      server.change();
      step(0);

      const seen = [...bench.machine.rows.values()].sort((one, other) => one.id.localeCompare(other.id));
      const true_ = [...server.rows.values()].sort((one, other) => one.id.localeCompare(other.id));
      expect(seen, `seed ${seed}`).toEqual(true_);
      expect(bench.machine.synced, `seed ${seed}`).toBe(true);
    }
  });
});
