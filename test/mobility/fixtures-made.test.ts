import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { pathsOf, testNeeding } from '../needs.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');
const FIXTURES = join(ROOT, 'test/mobility/fixtures');
/** Where .ci/install-sumo.sh puts PyPI's. */
const NEW = join(ROOT, 'dist/eclipse-sumo');

/** Without the comment, which has the time at which the file was made. */
function rowsOf(path: string): string {
  return gunzipSync(readFileSync(path))
    .toString()
    .replace(/<!--.*?-->/s, '');
}

/** The first one of that version on the PATH. */
function debians(): string | undefined {
  return pathsOf('sumo').find((sumo) => {
    return spawnSync(sumo, ['--version'], { encoding: 'utf8' }).stdout.includes('Version 1.15.');
  });
}

/** Runs make.sh in a copy and compares each file, by whether it begins with `old-` or `new-`. */
function expectMadeAgain(version: 'old' | 'new', sumo: string, home: string): void {
  const folder = join(temporaryFolder('fixtures'), 'fixtures');
  cpSync(FIXTURES, folder, { recursive: true });
  const names = readdirSync(folder).filter((name) => name.startsWith(`${version}-`));
  for (const name of names) rmSync(join(folder, name));
  const { status, stderr } = spawnSync(join(folder, 'make.sh'), [version, sumo, home]);
  expect(status, stderr.toString()).toBe(0);
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) {
    expect(rowsOf(join(folder, name)), name).toBe(rowsOf(join(FIXTURES, name)));
  }
}

const withDebians = testNeeding({
  programs: ['bash', 'sumo'],
  others: { "version 1.15 of SUMO (Debian 12's)": () => debians() !== undefined },
});
withDebians("Debian's SUMO writes the fixtures of 1.15 again", () => {
  const sumo = debians()!;
  expectMadeAgain('old', sumo, join(dirname(dirname(sumo)), 'share/sumo'));
});

const withPypis = testNeeding({
  programs: ['bash'],
  files: { [NEW]: "PyPI's eclipse-sumo (.ci/install-sumo.sh)" },
});
withPypis("PyPI's SUMO writes the fixtures of 1.28 again, its tables too", () => {
  expectMadeAgain('new', join(NEW, 'bin/sumo'), NEW);
});
