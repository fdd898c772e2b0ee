import type { Delta, SnapshotPart, Update } from './messages';

export interface Change {
  /** Keys that have a new value, whether they were there before or not. */
  readonly changed: readonly string[];
  /** Those of `changed` that were not there before. */
  readonly added: readonly string[];
  readonly gone: readonly string[];
  /** The change is a whole snapshot rather than a step from the state before. */
  readonly snapshot: boolean;
}

export type Outcome =
  | { kind: 'applied'; change: Change }
  /** Nothing to show yet, or nothing new: another part must come, or the message was seen before. */
  | { kind: 'nothing' }
  /** Something was missed: only a new subscription helps. */
  | { kind: 'gap' };

const NOTHING: Outcome = { kind: 'nothing' };
const GAP: Outcome = { kind: 'gap' };

/**
 * A copy of the rows of one subscription, kept true by snapshots and deltas.
 *
 * Rows are never changed in place: a row that an update touches is another object afterwards, the others stay the
 * same. The rows of the last subscription stay until the snapshot of the next one is complete, so that a page never
 * goes blank in between.
 */
export class Replica<Row extends object> {
  #rows: ReadonlyMap<string, Row> = new Map();
  #subscription: number | null = null;
  #staged: Map<string, Row> | null = null;
  #nextPart = 0;
  #sequence: number | null = null;
  #order: readonly string[] = [];
  #total: number | null = null;

  get rows(): ReadonlyMap<string, Row> {
    return this.#rows;
  }

  /** The keys in the order of the window, or of arrival where there is none. */
  get order(): readonly string[] {
    return this.#order;
  }

  /** Of how many servers the window is a part; null without a window. */
  get total(): number | null {
    return this.#total;
  }

  /** Whether the rows are a whole snapshot of the current subscription. */
  get complete(): boolean {
    return this.#sequence !== null;
  }

  /** From now on only messages of this subscription count; null: of none. */
  expect(subscription: number | null): void {
    this.#subscription = subscription;
    this.#staged = null;
    this.#nextPart = 0;
    this.#sequence = null;
  }

  /** The server begins anew, by its own decision. @return whether that is about this subscription */
  restart(subscription: number): boolean {
    if (subscription !== this.#subscription) return false;
    this.expect(subscription);
    return true;
  }

  clear(): void {
    this.expect(null);
    this.#rows = new Map();
    this.#order = [];
    this.#total = null;
  }

  snapshotPart(message: SnapshotPart): Outcome {
    if (message.id !== this.#subscription) return NOTHING;
    if (message.part === 0) {
      if (this.#staged !== null) return NOTHING;
      // The server begins anew, and its word of that did not arrive.
      if (this.#sequence !== null) return message.seq <= this.#sequence ? NOTHING : GAP;
      this.#staged = new Map();
      this.#nextPart = 0;
    } else if (this.#staged === null) {
      return this.#sequence === null ? GAP : NOTHING;
    } else if (message.part < this.#nextPart) {
      return NOTHING;
    } else if (message.part > this.#nextPart) {
      return GAP;
    }
    for (const { k, p } of message.u) this.#staged.set(k, p as Row);
    this.#nextPart += 1;
    if (!message.last) return NOTHING;

    const before = this.#rows;
    const after = this.#staged;
    this.#rows = after;
    this.#staged = null;
    this.#sequence = message.seq;
    this.#order = [...after.keys()];
    this.#total = message.total;
    return {
      kind: 'applied',
      change: {
        changed: [...after.keys()],
        added: [...after.keys()].filter((key) => !before.has(key)),
        gone: [...before.keys()].filter((key) => !after.has(key)),
        snapshot: true,
      },
    };
  }

  delta(message: Delta): Outcome {
    if (message.id !== this.#subscription) return NOTHING;
    if (this.#sequence === null || this.#staged !== null) return GAP;
    if (message.seq <= this.#sequence) return NOTHING;
    if (message.seq !== this.#sequence + 1) return GAP;

    this.#sequence = message.seq;
    const rows = new Map(this.#rows);
    const added = message.u.map((update) => update.k).filter((key) => !rows.has(key));
    for (const update of message.u) rows.set(update.k, merge(rows.get(update.k), update));
    const gone = message.x.filter((key) => rows.delete(key));
    this.#rows = rows;
    if (message.o !== null) {
      this.#order = message.o;
      this.#total = message.total;
    } else if (added.length > 0 || gone.length > 0) {
      this.#order = [...rows.keys()];
    }
    return {
      kind: 'applied',
      change: { changed: message.u.map((update) => update.k), added, gone, snapshot: false },
    };
  }
}

/** Fields that the update names replace those of the row, nested objects whole; the others stay. */
function merge<Row extends object>(row: Row | undefined, update: Update): Row {
  return { ...row, ...update.p } as Row;
}
