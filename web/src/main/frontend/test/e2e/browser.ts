import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import axe from 'axe-core';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { expect } from 'vitest';

const WIDTHS = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];
const THEMES = ['dark', 'light'] as const;

/** A value that the tests need from whoever started the platform. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name}: not set (expected: see docs/dashboard.md, "End to end")`);
  return value;
}

function findChromium(): string {
  const chosen = process.env['WOLVERINE_CHROMIUM'];
  if (chosen) return chosen;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  throw new Error('chromium: not found on the PATH (expected: the package chromium, or WOLVERINE_CHROMIUM=its path)');
}

/** A fresh browser with one page, and whatever went wrong in that page. */
export class Browser {
  /** Errors of scripts and of the Content-Security-Policy; failed requests that a test expects are not among them. */
  readonly complaints: string[] = [];
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #folder: string;

  private constructor(context: BrowserContext, page: Page, folder: string) {
    this.#context = context;
    this.page = page;
    this.#folder = folder;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.complaints.push(message.text());
      }
    });
  }

  static async open(): Promise<Browser> {
    const executablePath = findChromium();
    const folder = mkdtempSync(join(tmpdir(), 'wolverine-e2e-'));
    const context = await chromium.launchPersistentContext(folder, {
      executablePath,
      headless: true,
      viewport: { width: 1440, height: 900 },
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    context.setDefaultTimeout(15_000);
    return new Browser(context, await context.newPage(), folder);
  }

  async close(): Promise<void> {
    await this.#context.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The page as it is now has no violation in any width and theme; pictures are kept where the caller wants them. */
  async inspect(name: string): Promise<void> {
    const pictures = process.env['WOLVERINE_E2E_SCREENSHOTS'];
    if (pictures) mkdirSync(pictures, { recursive: true });
    for (const colorScheme of THEMES) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const size of WIDTHS) {
        await this.page.setViewportSize(size);
        await this.#settle();
        const where = `${name}, ${colorScheme}, ${size.width} px`;
        expect(await this.#violations(), where).toEqual([]);
        expect(await this.#overflow(), `${where}: scrolls sideways`).toBe(0);
        if (pictures) await this.page.screenshot({ path: join(pictures, `${name}-${colorScheme}-${size.width}.png`) });
      }
    }
    await this.page.setViewportSize({ width: 1440, height: 900 });
  }

  async #violations(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    return this.page.evaluate(async () => {
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run({ runOnly: tags });
      return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' | ')}`);
    });
  }

  #overflow(): Promise<number> {
    return this.page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return Math.max(0, scrollWidth - clientWidth);
    });
  }

  /** Two frames: the theme and the new size are on the screen. */
  async #settle(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 200)))),
    );
  }
}
