import { describe, isAbort } from './api/client';

type Ask<T> = (signal: AbortSignal) => Promise<T>;

/** How long a first answer may take before its place is drawn, in milliseconds. */
export const SKELETON_AFTER_MS = 150;

/**
 * One answer of the API and how it stands: asked for, there, failed, or there from before a failure. The latest question
 * wins; an answer to an earlier one is dropped.
 */
export class Resource<T> {
  data = $state.raw<T | null>(null);
  error = $state<string | null>(null);
  busy = $state(false);

  readonly #ask: Ask<T>;
  #asking: AbortController | null = null;

  constructor(ask: Ask<T>) {
    this.#ask = ask;
  }

  /** Asks again, and keeps what is there until the answer has come. */
  async load(): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.busy = true;
    try {
      const data = await this.#ask(asking.signal);
      if (this.#asking !== asking) return;
      this.data = data;
      this.error = null;
    } catch (cause) {
      if (!isAbort(cause) && this.#asking === asking) this.error = describe(cause);
    } finally {
      if (this.#asking === asking) {
        this.#asking = null;
        this.busy = false;
      }
    }
  }

  /** Asks now, and then every so often while the page is visible. @return ends it; for an effect */
  follow(everyMs: number): () => void {
    void this.load();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && this.#asking === null) void this.load();
    }, everyMs);
    return () => {
      clearInterval(timer);
      this.stop();
    };
  }

  /** Asks once. @return forgets the question; for an effect */
  open(): () => void {
    void this.load();
    return () => this.stop();
  }

  stop(): void {
    this.#asking?.abort();
    this.#asking = null;
    this.busy = false;
  }
}
