// Prints one hash of the files and directories that are named, whatever their times.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What is made from the inputs is not one. */
const MADE = new Set(['node_modules', 'schema.d.ts', 'test-results', '.vite']);

const hash = createHash('sha256');
hash.update(process.versions.node);

function add(path) {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) if (!MADE.has(name)) add(join(path, name));
  } else {
    hash.update(`\0${path}\0`).update(readFileSync(path));
  }
}
for (const path of process.argv.slice(2)) add(path);
console.log(hash.digest('hex'));
