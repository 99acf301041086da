// Bundles what a start loads (bundle-packages.ts, bundle-modules.ts), unless the last bundles are there and
// were made of the same: `npm ci` has built just before `npm test` does.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHIPPED } from './shipped.ts';

const MADE = [...SHIPPED, 'chunks', 'packages'].map((folder) => join('dist', folder));
const BESIDES = ['src/build-hash', 'packages/key.json', 'packages/LICENSES.txt'];
const DIGEST = 'dist/bundle-digest';
/** Built after the bundles, and no part of them. */
const PAGE = join('live-page', 'page');

if (!existsSync(DIGEST) || readFileSync(DIGEST, 'utf8') !== digest()) {
  await import('./bundle-packages.ts');
  await import('./bundle-modules.ts');
  chmodSync('dist/src/cli/main.js', 0o755);
  writeFileSync(DIGEST, digest());
}

/** Of all that goes into the bundles, and of the bundles themselves: the compiler writes over them. */
function digest(): string {
  const hash = createHash('sha256');
  const sources = [...SHIPPED, 'tools'].flatMap((folder) => filesIn(folder, '.ts'));
  const besides = BESIDES.map((name) => join('dist', name)).filter(existsSync);
  const made = [...MADE.flatMap((folder) => filesIn(folder, '.js')), ...besides];
  for (const file of ['package.json', 'package-lock.json', ...sources, ...made]) {
    hash.update(`${file}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function filesIn(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !name.startsWith(PAGE))
    .map((name) => join(folder, name))
    .sort();
}
