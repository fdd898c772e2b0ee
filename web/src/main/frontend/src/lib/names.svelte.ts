import { SvelteMap } from 'svelte/reactivity';
import { ApiError } from './api/client';
import type { Server } from './api/types';
import { serverName } from './format';

type Named = Pick<Server, 'id' | 'name'>;

/** More than this many are not remembered; the oldest go. */
const MOST = 5_000;
/** How many of one list are asked for by themselves. */
const MOST_ASKED = 20;

/**
 * Names of servers, for lists that have ids alone. What any page has seen is remembered; the rest is asked for, each server once.
 */
export class Names {
  readonly #names = new SvelteMap<string, string>();
  readonly #asked = new Set<string>();
  readonly #ask: (id: string) => Promise<Named>;

  constructor(ask: (id: string) => Promise<Named>) {
    this.#ask = ask;
  }

  /** The name, or the id until it is known. */
  of(id: string): string {
    return this.#names.get(id) ?? id;
  }

  learn(servers: readonly Named[]): void {
    for (const server of servers) {
      const name = serverName(server);
      if (this.#names.get(server.id) === name) continue;
      this.#names.set(server.id, name);
      if (this.#names.size > MOST) this.#names.delete(this.#names.keys().next().value ?? '');
    }
  }

  /** Asks for the names of those that are not known. */
  async resolve(ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#names.has(id) && !this.#asked.has(id)).slice(0, MOST_ASKED);
    for (const id of unknown) this.#asked.add(id);
    const answers = await Promise.allSettled(unknown.map((id) => this.#ask(id)));
    answers.forEach((answer, index) => {
      if (answer.status === 'fulfilled') this.learn([answer.value]);
      // Who is not there is not asked for again; with any other failure another page may have more luck.
      else if (!(answer.reason instanceof ApiError && answer.reason.kind === 'missing')) this.#asked.delete(unknown[index] ?? '');
    });
  }

  forget(): void {
    this.#names.clear();
    this.#asked.clear();
  }
}
