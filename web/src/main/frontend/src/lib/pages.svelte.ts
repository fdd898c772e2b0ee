import { describe, isAbort } from './api/client';

interface Page<T> {
  readonly rows: readonly T[];
  readonly next: string | null;
}

/** A list that the API gives out page by page, newest first; a person asks for more. */
export class Pages<T> {
  rows = $state.raw<readonly T[]>([]);
  error = $state<string | null>(null);
  busy = $state(false);
  /** Whether the first page was ever there. */
  started = $state(false);
  next = $state<string | null>(null);

  readonly #ask: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>;
  #asking: AbortController | null = null;

  constructor(ask: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>) {
    this.#ask = ask;
  }

  /** From the beginning. */
  restart(): Promise<void> {
    return this.#load(null);
  }

  more(): Promise<void> {
    return this.next === null ? Promise.resolve() : this.#load(this.next);
  }

  stop(): void {
    this.#asking?.abort();
  }

  async #load(cursor: string | null): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.busy = true;
    try {
      const page = await this.#ask(cursor, asking.signal);
      if (this.#asking !== asking) return;
      this.rows = cursor === null ? page.rows : [...this.rows, ...page.rows];
      this.next = page.next;
      this.started = true;
      this.error = null;
    } catch (cause) {
      if (!isAbort(cause) && this.#asking === asking) this.error = describe(cause);
    } finally {
      if (this.#asking === asking) this.busy = false;
    }
  }
}
