import { getContext, setContext } from 'svelte';
import { describe } from './api/client';

const CONTEXT = Symbol('form');

/** A form on its way to the platform, and what the platform said against it, beside the field that it is about. */
export class FormState {
  busy = $state(false);
  error = $state<string | null>(null);
  /** Names of the fields that show their error themselves. */
  readonly #fields = new Set<string>();

  enlist(name: string): () => void {
    this.#fields.add(name);
    return () => this.#fields.delete(name);
  }

  errorOf(name: string): string | null {
    const found = this.error === null ? null : splitProblem(this.error);
    return found?.name === name ? found.text : null;
  }

  /** What no field shows. */
  get rest(): string | null {
    if (this.error === null) return null;
    const found = splitProblem(this.error);
    return found && this.#fields.has(found.name) ? null : this.error;
  }

  /** @return whether it went through */
  async submit(send: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = null;
    try {
      await send();
      return true;
    } catch (cause) {
      this.error = describe(cause);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

/** The platform says what was wrong as `name: value (expected: ...)`; a path as `settings.limit` is the field `limit` too. */
export function splitProblem(detail: string): { name: string; text: string } | null {
  const match = /^([A-Za-z][\w.]*): (.+)$/s.exec(detail);
  if (!match?.[1] || !match[2]) return null;
  return { name: match[1].split('.').at(-1) ?? match[1], text: match[2] };
}

export function provideForm(form: FormState): void {
  setContext(CONTEXT, form);
}

export function currentForm(): FormState | undefined {
  return getContext<FormState | undefined>(CONTEXT);
}
