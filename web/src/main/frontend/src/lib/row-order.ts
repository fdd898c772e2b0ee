/** The order of rows on the screen may change at most this often, in milliseconds. */
export const ORDER_SPACING_MS = 2_000;

/**
 * Decides when rows may move. A new order waits while someone points at the rows or has the focus in them, and for at
 * least two seconds after the last move; only an order that the person asked for is shown at once.
 */
export class RowOrder {
  #shown: readonly string[] = [];
  #waiting: readonly string[] | null = null;
  #movedAt = Number.NEGATIVE_INFINITY;

  get shown(): readonly string[] {
    return this.#shown;
  }

  /** Rows that the waiting order has and the shown one has not. */
  get arrivals(): number {
    if (this.#waiting === null) return 0;
    const shown = new Set(this.#shown);
    return this.#waiting.filter((id) => !shown.has(id)).length;
  }

  get isWaiting(): boolean {
    return this.#waiting !== null;
  }

  /** An order that a person asked for: another sort, filter or page. */
  ask(ids: readonly string[], now: number): void {
    this.#show(ids, now);
  }

  /** An order that came by itself. */
  offer(ids: readonly string[], held: boolean, now: number): void {
    if (sameOrder(ids, this.#shown)) this.#waiting = null;
    else this.#waiting = ids;
    this.settle(held, now);
  }

  /** Shows the waiting order if nothing stands against it any more. */
  settle(held: boolean, now: number): void {
    if (this.#waiting !== null && !held && now - this.#movedAt >= ORDER_SPACING_MS) this.#show(this.#waiting, now);
  }

  #show(ids: readonly string[], now: number): void {
    this.#shown = ids;
    this.#waiting = null;
    this.#movedAt = now;
  }
}

function sameOrder(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index]);
}
