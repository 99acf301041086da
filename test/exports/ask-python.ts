import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { test } from 'vitest';
import { pathsOf, testNeeding } from '../needs.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Where .ci/install-export-tools.sh puts it. */
const INSTALLED = join(ROOT, 'dist/export-tools/bin/python3');

const environment = {
  ...process.env,
  KERAS_BACKEND: 'numpy',
  MPLBACKEND: 'agg',
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
};

/** The first python3, installed or on the PATH, that has all of these packages. */
function pythonWith(packages: readonly string[]): string | undefined {
  const look = `from importlib.util import find_spec as found
assert all(map(found, ${JSON.stringify(packages)}))`;
  return [INSTALLED, ...pathsOf('python3')].find(
    (python) => spawnSync(python, ['-c', look], { env: environment }).status === 0,
  );
}

/** A test and the Python that has what it needs. */
export interface PythonTest {
  test: typeof test;
  /** The standard output of a script, run in a folder. Throws with its standard error if it fails. */
  ask: (script: string, folder: string) => string;
  python: string;
}

/** `test` where the packages are installed, by the names they are imported by. */
export function testWithPython(...packages: string[]): PythonTest {
  const python = pythonWith(packages);
  const what = `Debian's python3-torch and .ci/install-export-tools.sh`;
  return {
    test: testNeeding({ others: { [what]: () => python !== undefined } }),
    python: python ?? 'python3',
    ask: (script, folder) => {
      const { stdout, stderr, status, error } = spawnSync(python ?? 'python3', ['-c', script], {
        ...{ env: environment, cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 },
      });
      if (status !== 0) throw error ?? new Error(`python ended with ${status}: ${stderr}`);
      return stdout;
    },
  };
}

/** The first Python block below a heading of docs/exports.md. */
export function snippetOf(heading: string): string {
  const page = readFileSync(join(ROOT, 'docs/exports.md'), 'utf8');
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0];
  const [, code] = /```python\n(.*?)```/s.exec(section ?? '') ?? [];
  if (code === undefined) throw new Error(`no Python block below "${heading}"`);
  return code;
}
