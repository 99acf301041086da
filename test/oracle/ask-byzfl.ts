import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { test } from 'vitest';
import { pathsOf, testNeeding } from '../needs.ts';

/** One of byzfl's classes and the arguments it is made with. */
export type Step = readonly [name: string, values?: Readonly<Record<string, unknown>>];

export interface Call {
  /** Run through the steps one after the other; the answer is for the last. */
  inputs: readonly (readonly Float32Array[])[];
  steps: readonly Step[];
  /** numpy's float64 arrays by default. */
  as?: 'numpy' | 'torch';
  /** Of numpy's random generator. */
  seed?: number;
  /** How numpy shuffles. */
  order?: readonly number[];
}

/** Vectors, or what went wrong. */
export type Answer = { vectors: Float64Array[] } | { error: string };

const ROOT = join(import.meta.dirname, '../..');
const environment = {
  ...process.env,
  PYTHONPATH: join(ROOT, 'dist/byzfl'),
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
};

/** The first python3 on the PATH that has byzfl and what it needs; undefined when none has. */
function pythonWithByzfl(): string | undefined {
  const look = `from importlib.util import find_spec as found
assert all(map(found, ["byzfl", "torch", "numpy", "scipy"]))`;
  return pathsOf('python3').find(
    (python) => spawnSync(python, ['-c', look], { env: environment }).status === 0,
  );
}

const python = pythonWithByzfl();

/** `test` where byzfl and torch are installed. */
export function testWithByzfl(): typeof test {
  const what = "Debian's python3-torch and .ci/install-byzfl.sh";
  return testNeeding({ others: { [what]: () => python !== undefined } });
}

/** Answers of byzfl to the calls, all of them in one process. */
export function askByzfl(calls: readonly Call[]): Answer[] {
  const inputs = [...new Set(calls.flatMap((call) => call.inputs))];
  const places = new Map(inputs.map((input, place) => [input, place]));
  const lines = [
    ...inputs.map((input) => ({ n: input.length, d: input[0]!.length, input: encoded(input) })),
    ...calls.map((call) => ({
      ...call,
      inputs: call.inputs.map((input) => places.get(input)),
      as: call.as ?? 'numpy',
      seed: call.seed ?? 1,
    })),
  ];
  const { stdout, stderr, status } = spawnSync(
    python ?? 'python3',
    [join(ROOT, 'test/oracle/byzfl.py')],
    {
      env: environment,
      input: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    },
  );
  if (status !== 0) throw new Error(`byzfl.py ended with ${status}: ${stderr}`);
  return stdout.trimEnd().split('\n').map(decoded);
}

function encoded(vectors: readonly Float32Array[]): string {
  const bytes = vectors.map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength));
  return Buffer.concat(bytes).toString('base64');
}

function decoded(line: string): Answer {
  const answer = JSON.parse(line);
  if (answer.nothing) return { error: 'nothing' };
  if (answer.error) return { error: answer.error };
  const [n, d] = answer.shape;
  const bytes = Uint8Array.from(Buffer.from(answer.data, 'base64'));
  return {
    vectors: Array.from({ length: n }, (_, row) => new Float64Array(bytes.buffer, 8 * row * d, d)),
  };
}
