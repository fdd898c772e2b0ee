// Fails the build when the dashboard grows over its budget: what a first visit to the fleet loads, compressed.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const OUT = new URL('../../../../target/classes/dashboard/', import.meta.url).pathname;
const MOST_JS = 90_000;
const MOST_CSS = 15_000;
/** Every style sheet, also those of pages that are read later. */
const MOST_CSS_IN_ALL = 24_000;
const MOST_FONTS = 1;

// The server has no use for the manifest: it is read here and then removed.
const manifest = JSON.parse(readFileSync(join(OUT, '.vite/manifest.json'), 'utf8'));
rmSync(join(OUT, '.vite'), { recursive: true });
const scripts = new Set();
const styles = new Set();

function visit(key) {
  const chunk = manifest[key];
  if (scripts.has(chunk.file)) return;
  scripts.add(chunk.file);
  for (const style of chunk.css ?? []) styles.add(style);
  for (const imported of chunk.imports ?? []) visit(imported);
}
visit('index.html');
visit('src/pages/Fleet.svelte');

const size = (files) => [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(OUT, file))).length, 0);
const all = readdirSync(join(OUT, 'assets'));
const fonts = all.filter((file) => file.endsWith('.woff2')).length;
const js = size(scripts);
const css = size(styles);
const cssInAll = size(all.filter((file) => file.endsWith('.css')).map((file) => `assets/${file}`));

const over = [
  [js, MOST_JS, 'bytes of initial JavaScript, compressed'],
  [css, MOST_CSS, 'bytes of initial CSS, compressed'],
  [cssInAll, MOST_CSS_IN_ALL, 'bytes of CSS in all, compressed'],
  [fonts, MOST_FONTS, 'font files'],
].filter(([is, most]) => is > most);

console.log(`dashboard: ${(js / 1000).toFixed(1)} kB JavaScript at first, ${(css / 1000).toFixed(1)} kB CSS at first (${(cssInAll / 1000).toFixed(1)} kB in all), ${fonts} font`);
for (const [is, most, what] of over) console.error(`dashboard: over budget: ${is} ${what} (expected: at most ${most})`);
if (over.length > 0) process.exit(1);
