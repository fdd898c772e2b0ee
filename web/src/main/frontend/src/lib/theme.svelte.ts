export type ThemeChoice = 'system' | 'light' | 'dark';

const STORAGE_KEY = 'wolverine.theme';

/** Light or dark, chosen or the system's. `theme.js` does the same once before the first paint. */
class Theme {
  choice = $state<ThemeChoice>(readChoice());
  /** What is on the screen now; charts redraw when it changes. */
  shown = $state<'light' | 'dark'>('light');

  readonly #system = matchMedia('(prefers-color-scheme: dark)');

  constructor() {
    this.#system.addEventListener('change', () => this.#show());
    this.#show();
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    try {
      localStorage.setItem(STORAGE_KEY, choice);
    } catch {
      // Storage is switched off: the choice lasts until the page is closed.
    }
    this.#show();
  }

  #show(): void {
    const dark = this.choice === 'dark' || (this.choice === 'system' && this.#system.matches);
    this.shown = dark ? 'dark' : 'light';
    document.documentElement.dataset['theme'] = this.shown;
  }
}

function readChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

export const theme = new Theme();
