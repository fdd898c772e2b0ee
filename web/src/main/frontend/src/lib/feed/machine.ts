import { parseMessage, type FeedEvent, type Filter, type Place, type Received, type Sent } from './messages';
import { Replica, type Change, type Outcome } from './replica';

/** All in milliseconds. */
export const TIMING = {
  /** How often the owner calls `tick`. */
  tick: 1_000,
  /** From opening a socket to its hello. */
  greeting: 10_000,
  /** From a subscription to the end of its snapshot. */
  snapshot: 15_000,
  /** Quiet for this long: ask whether the other side is there, since its own pings are invisible to a page. */
  ping: 15_000,
  /** Least time that it has for the answer. */
  answer: 10_000,
  /** Quiet for this long, though asked: it is not. */
  silence: 40_000,
  /** A connection that lives this long was a good one: the next failure starts from the shortest delay. */
  stability: 30_000,
  shortestDelay: 500,
  longestDelay: 30_000,
  /** A second gap within this time is not bad luck: start over on a new connection. */
  gapSpacing: 1_000,
} as const;

/** What the connection is doing, for the owner and for people. */
export type Phase = 'stopped' | 'waiting' | 'opening' | 'greeting' | 'live';

export type Input =
  | { kind: 'start' }
  | { kind: 'stop' }
  | { kind: 'opened' }
  | { kind: 'message'; text: string }
  | { kind: 'closed'; code: number }
  | { kind: 'tick' }
  /** The network or the tab came back: do not sit out a long delay. */
  | { kind: 'wake' }
  /** null: no subscription. */
  | { kind: 'subscribe'; filter: Filter | null };

export type Effect =
  | { kind: 'open' }
  | { kind: 'close' }
  | { kind: 'send'; message: Sent }
  | { kind: 'changed'; change: Change }
  /** Things that happened, each of them once and in order. */
  | { kind: 'happened'; events: readonly FeedEvent[] }
  /** Some were lost: whoever shows them has to ask for the past. */
  | { kind: 'lost' }
  /** The server turned us away: the session may be over. */
  | { kind: 'refused' };

const REFUSED = 1008;

/**
 * The client side of the live feed as a state machine: inputs and the time go in, effects come out, and nothing else
 * happens. Not a step of it reads a clock, opens a socket or sets a timer, so every failure can be played in a test.
 */
export class FeedMachine<Row extends object> {
  readonly #replica = new Replica<Row>();
  readonly #random: () => number;

  #phase: Phase = 'stopped';
  #phaseSince = 0;
  #attempt = 0;
  #retryAt = 0;
  #heardAt = 0;
  #pingedAt = 0;
  #filter: Filter | null = null;
  #subscription = 0;
  #subscribedAt = 0;
  /** Up to where events were told. Kept over a reconnect, and over a change of the subscription of the same kinds. */
  #place: Place | null = null;

  /** @param random uniform in [0, 1), spreads reconnects */
  constructor(random: () => number) {
    this.#random = random;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get rows(): ReadonlyMap<string, Row> {
    return this.#replica.rows;
  }

  /** The keys of the window in their order. */
  get order(): readonly string[] {
    return this.#replica.order;
  }

  get total(): number | null {
    return this.#replica.total;
  }

  /** Whether the rows are as fresh as the feed can make them. */
  get synced(): boolean {
    return this.#phase === 'live' && (this.#filter === null || this.#replica.complete);
  }

  /** When the next try is due; null unless one is. */
  get retryAt(): number | null {
    return this.#phase === 'waiting' ? this.#retryAt : null;
  }

  handle(input: Input, now: number): Effect[] {
    switch (input.kind) {
      case 'start':
        return this.#phase === 'stopped' ? this.#open(now) : [];
      case 'stop':
        return this.#stop(now);
      case 'opened':
        if (this.#phase === 'opening') this.#enter('greeting', now);
        return [];
      case 'message':
        return this.#message(parseMessage(input.text), now);
      case 'closed':
        return this.#closed(input.code, now);
      case 'tick':
        return this.#tick(now);
      case 'wake':
        return this.#phase === 'waiting' ? this.#open(now) : [];
      case 'subscribe':
        return this.#subscribe(input.filter, now);
    }
  }

  #open(now: number): Effect[] {
    this.#enter('opening', now);
    this.#replica.expect(null);
    return [{ kind: 'open' }];
  }

  #stop(now: number): Effect[] {
    const connected = this.#phase !== 'stopped' && this.#phase !== 'waiting';
    this.#enter('stopped', now);
    this.#replica.clear();
    this.#filter = null;
    this.#place = null;
    this.#attempt = 0;
    return connected ? [{ kind: 'close' }] : [];
  }

  #closed(code: number, now: number): Effect[] {
    if (this.#phase === 'stopped' || this.#phase === 'waiting') return [];
    this.#retryLater(now);
    return code === REFUSED ? [{ kind: 'refused' }] : [];
  }

  #tick(now: number): Effect[] {
    const elapsed = now - this.#phaseSince;
    switch (this.#phase) {
      case 'stopped':
        return [];
      case 'waiting':
        return now >= this.#retryAt ? this.#open(now) : [];
      case 'opening':
      case 'greeting':
        return elapsed >= TIMING.greeting ? this.#giveUp(now) : [];
      case 'live':
        return this.#checkLife(now);
    }
  }

  #checkLife(now: number): Effect[] {
    const quiet = now - this.#heardAt;
    const late = this.#filter !== null && !this.#replica.complete && now - this.#subscribedAt >= TIMING.snapshot;
    // A page in the background ticks once a minute: silence means something only after an unanswered question.
    const unanswered = this.#pingedAt > this.#heardAt && now - this.#pingedAt >= TIMING.answer;
    if ((quiet >= TIMING.silence && unanswered) || late) return this.#giveUp(now);
    if (now - this.#phaseSince >= TIMING.stability) this.#attempt = 0;
    if (quiet >= TIMING.ping && now - this.#pingedAt >= TIMING.ping) {
      this.#pingedAt = now;
      return [{ kind: 'send', message: { op: 'ping' } }];
    }
    return [];
  }

  #message(message: Received | null, now: number): Effect[] {
    if (this.#phase !== 'opening' && this.#phase !== 'greeting' && this.#phase !== 'live') return [];
    this.#heardAt = now;
    if (message === null) return this.#gap(now);
    switch (message.op) {
      case 'hello':
        if (this.#phase === 'live') return [];
        this.#enter('live', now);
        this.#pingedAt = now;
        return this.#filter === null ? [] : this.#sendSubscription(this.#filter, now);
      case 'snap':
        return this.#outcome(this.#replica.snapshotPart(message), now);
      case 'd': {
        const outcome = this.#replica.delta(message);
        const effects = this.#outcome(outcome, now);
        return outcome.kind === 'applied' ? [...effects, ...this.#events(message.e, message.es)] : effects;
      }
      case 'ok':
        return this.#accepted(message);
      case 'resync':
        // A snapshot follows without being asked for.
        if (!this.#replica.restart(message.id)) return [];
        this.#subscribedAt = now;
        this.#place = { epoch: message.epoch, seq: message.es };
        return message.eventsLost ? [{ kind: 'lost' }] : [];
      case 'bye':
        return this.#bye(message.retryIn, now);
      case 'error':
        return message.id === this.#subscription && !this.#replica.complete ? this.#giveUp(now) : [];
      case 'other':
        return [];
    }
  }

  #accepted(message: Extract<Received, { op: 'ok' }>): Effect[] {
    if (message.id !== this.#subscription) return [];
    this.#place = { epoch: message.epoch, seq: message.seq };
    return message.recovered === false ? [{ kind: 'lost' }] : [];
  }

  #events(events: readonly FeedEvent[], through: number | null): Effect[] {
    const place = this.#place;
    const fresh = place === null ? events : events.filter((event) => event.seq > place.seq);
    const last = Math.max(place?.seq ?? 0, through ?? 0, ...fresh.map((event) => event.seq));
    if (place !== null) this.#place = { epoch: place.epoch, seq: last };
    return fresh.length === 0 ? [] : [{ kind: 'happened', events: fresh }];
  }

  #outcome(outcome: Outcome, now: number): Effect[] {
    switch (outcome.kind) {
      case 'applied':
        return [{ kind: 'changed', change: outcome.change }];
      case 'nothing':
        return [];
      case 'gap':
        return this.#gap(now);
    }
  }

  #gap(now: number): Effect[] {
    if (this.#phase !== 'live' || now - this.#subscribedAt < TIMING.gapSpacing) return this.#giveUp(now);
    return this.#filter === null ? [] : this.#resubscribe(this.#filter, now);
  }

  #subscribe(filter: Filter | null, now: number): Effect[] {
    if (sameFilter(filter, this.#filter)) return [];
    const had = this.#filter !== null;
    // Who asks for others has never been told of them: there is nothing to go on from.
    if (!sameEvents(filter, this.#filter)) this.#place = null;
    this.#filter = filter;
    if (this.#phase !== 'live') return [];
    if (filter !== null) return had ? this.#resubscribe(filter, now) : this.#sendSubscription(filter, now);
    this.#replica.expect(null);
    return [{ kind: 'send', message: { op: 'unsub', id: this.#subscription } }];
  }

  #resubscribe(filter: Filter, now: number): Effect[] {
    const old: Effect = { kind: 'send', message: { op: 'unsub', id: this.#subscription } };
    return [old, ...this.#sendSubscription(filter, now)];
  }

  #sendSubscription(filter: Filter, now: number): Effect[] {
    this.#subscription += 1;
    this.#subscribedAt = now;
    this.#replica.expect(this.#subscription);
    const message: Sent = { op: 'sub', id: this.#subscription, topic: 'fleet' };
    const { window, ...wanted } = filter;
    if (Object.keys(wanted).length > 0) message.filter = wanted;
    if (window) message.window = window;
    if (this.#place !== null) message.resume = this.#place;
    return [{ kind: 'send', message }];
  }

  #bye(retryIn: number, now: number): Effect[] {
    this.#enter('waiting', now);
    this.#replica.expect(null);
    // All clients hear the same number: each adds its own share to it.
    this.#retryAt = now + Math.min(TIMING.longestDelay, Math.max(TIMING.shortestDelay, retryIn) * (1 + this.#random()));
    return [{ kind: 'close' }];
  }

  #giveUp(now: number): Effect[] {
    this.#retryLater(now);
    return [{ kind: 'close' }];
  }

  #retryLater(now: number): void {
    const stable = this.#phase === 'live' && now - this.#phaseSince >= TIMING.stability;
    this.#attempt = stable ? 1 : this.#attempt + 1;
    const most = Math.min(TIMING.longestDelay, TIMING.shortestDelay * 2 ** Math.min(this.#attempt, 16));
    this.#enter('waiting', now);
    this.#replica.expect(null);
    this.#retryAt = now + Math.max(TIMING.shortestDelay, this.#random() * most);
  }

  #enter(phase: Phase, now: number): void {
    this.#phase = phase;
    this.#phaseSince = now;
    this.#heardAt = now;
  }
}

function sameFilter(one: Filter | null, other: Filter | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether both are told of the same events: a window shows other servers, but leaves no event out. */
function sameEvents(one: Filter | null, other: Filter | null): boolean {
  if (one === null || other === null) return one === other;
  return sameFilter({ ...one, window: {} }, { ...other, window: {} });
}
