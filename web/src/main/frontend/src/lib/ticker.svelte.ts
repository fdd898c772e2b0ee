/** The one clock that relative times on all pages follow: a step a second while the page is visible. */
class Ticker {
  now = $state(Date.now());

  constructor() {
    setInterval(() => this.#step(), 1_000);
    document.addEventListener('visibilitychange', () => this.#step());
  }

  #step(): void {
    if (document.visibilityState === 'visible') this.now = Date.now();
  }
}

export const ticker = new Ticker();
