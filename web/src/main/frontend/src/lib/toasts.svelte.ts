/** How long a message stays, in milliseconds: one that can be undone stays for longer. */
export const SHOWN_MS = 5_000;
export const UNDO_MS = 10_000;
const MOST = 4;

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'done' | 'failed';
  readonly undo: (() => Promise<void>) | null;
}

/** Short messages about what was just done, at the foot of every page. */
class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #next = 1;

  done(text: string, undo: (() => Promise<void>) | null = null): void {
    this.#show({ id: this.#next++, text, kind: 'done', undo }, undo ? UNDO_MS : SHOWN_MS);
  }

  failed(text: string): void {
    this.#show({ id: this.#next++, text, kind: 'failed', undo: null }, UNDO_MS);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #show(toast: Toast, ms: number): void {
    this.list = [...this.list, toast].slice(-MOST);
    setTimeout(() => this.dismiss(toast.id), ms);
  }
}

export const toasts = new Toasts();
