import { execFile } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { aggregators } from '../aggregators/index.ts';
import { preAggregators } from '../pre-aggregators/index.ts';
import { bindKernels } from '../src/kernels/kernels.ts';
import { createKernelMemory, takePages } from '../src/kernels/memory.ts';
import { placeNewVectorsInArena } from '../src/kernels/placement.ts';
import { besideHonestMean } from '../src/rules/running/beside-honest-mean.ts';
import { geometryOf } from '../src/rules/running/geometry.ts';
import { parseOptions } from '../src/rules/running/load.ts';
import { openStream } from '../src/simulation/random.ts';
import type { Figure } from './figure.ts';

/** Parameters of the default model. */
const LENGTH = 109_386;
const SIZES = [
  { n: 10, f: 1 },
  { n: 30, f: 5 },
  { n: 100, f: 5 },
];
const WARM_UPS = 2;
const PASSES = 10;

/**
 * The project's targets: for n = 30 and n = 100 the share of the time of byzfl in its faster form,
 * on numpy or on torch inputs, that is allowed.
 */
const TARGETS: Record<string, Record<number, number>> = {
  mean: { 30: 2, 100: 1 },
  'marginal-median': { 30: 1 / 10, 100: 1 / 5 },
  'trimmed-mean': { 30: 0.45, 100: 0.45 },
  'mean-around-median': { 30: 1 / 10, 100: 1 / 10 },
  'nearest-neighbor-mixing': { 30: 1 / 6, 100: 1 / 6 },
  krum: { 30: 1 / 1.5, 100: 1 / 1.5 },
  'geometric-median': { 30: 1 / 2, 100: 1 / 2 },
  'centered-clipping': { 30: 1 / 1.5, 100: 1 / 1.5 },
};

type Milliseconds = Record<string, number>;

interface PythonTimes {
  /** Versions; null where it is not installed. */
  numpy: string;
  byzfl: string | null;
  times: Record<string, { numpy: Milliseconds; byzfl: Milliseconds | null }>;
}

/**
 * Milliseconds for one call of every rule and pre-aggregator, one thread, vectors in the kernel memory as
 * in a run; against numpy, and against byzfl where that is installed (.ci/install-byzfl.sh; BENCH_PYTHON
 * names another python), on whichever of numpy and torch inputs it is faster; the ratio is to the faster
 * of all. The median is also set against np.sort, which is all that it needs. Beside the target stands
 * the share of byzfl that was asked for, and whether it is met in this run.
 */
export async function benchRules(): Promise<Figure[]> {
  const python = await pythonTimes();
  const memory = createKernelMemory();
  const { arena, run } = bindKernels(memory);
  placeNewVectorsInArena();
  const random = openStream(1, 'bench/rules');
  const most = Math.max(...SIZES.map(({ n }) => n));
  const { offset } = takePages(memory, most * LENGTH * 4);
  const vectors = Array.from({ length: most }, (_, index) => {
    const placed = new Float32Array(memory.buffer, offset + index * LENGTH * 4, LENGTH);
    for (let i = 0; i < LENGTH; i += 1) placed[i] = random.float();
    return placed;
  });
  const time = (work: () => void) =>
    best(() => {
      work();
      arena.reset();
    });
  return SIZES.flatMap(({ n, f }) => {
    const some = vectors.slice(0, n);
    const context = { f, random, state: null };
    const calls = [
      ...aggregators.map((rule) => {
        const options = parseOptions(rule, {});
        const isFit = n >= rule.minimumInputs(f, options) && (rule.name !== 'smea' || n <= 10);
        const told = { ...context, ...(rule.needsReference && { reference: some[0]! }) };
        return { name: rule.name, isFit, call: () => rule.aggregate(some, told, options) };
      }),
      ...preAggregators.map((rule) => {
        const options = parseOptions(rule, {});
        const isFit = n >= rule.minimumInputs(f, options);
        return { name: rule.name, isFit, call: () => rule.apply(some, context, options) };
      }),
      {
        name: 'diagnostics: full',
        isFit: true,
        call: () => {
          besideHonestMean(some.slice(f), some[0]!);
          geometryOf(some, [...some.keys()], some[0]!);
        },
      },
    ];
    const figures = calls
      .filter(({ isFit }) => isFit)
      .map(({ name, call }) => figureOf(name, n, f, time(call), python));
    const msOf = (rule: string) => figures.find(({ name }) => name.startsWith(`${rule}, `))!.value;
    const readingMs = best(() => {
      for (const { byteOffset } of some) run.allFinite(byteOffset, LENGTH);
    });
    const sortMs = python.times[n]!.numpy.sort!;
    return [
      ...figures,
      against(`mean, n = ${n}, against reading its vectors once`, msOf('mean'), readingMs),
      against(`marginal-median, n = ${n}, against np.sort`, msOf('marginal-median'), sortMs),
    ];
  });
}

function against(name: string, value: number, referenceMs: number): Figure {
  const reference = `${referenceMs.toFixed(2)} ms`;
  return { name, value, unit: 'ms', reference, ratio: value / referenceMs };
}

function figureOf(
  rule: string,
  n: number,
  f: number,
  value: number,
  { numpy, byzfl, times }: PythonTimes,
): Figure {
  const { numpy: byNumpy, byzfl: byByzfl } = times[n]!;
  const told = (who: string, ms: number | undefined) =>
    ms === undefined ? [] : [`${who} ${ms.toFixed(ms < 10 ? 2 : 1)} ms`];
  const references = [
    ...told(`byzfl ${byzfl}`, byByzfl?.[rule]),
    ...told(`numpy ${numpy}`, byNumpy[rule]),
    ...(rule === 'marginal-median' ? told('np.sort', byNumpy.sort) : []),
  ];
  const fastest = Math.min(byByzfl?.[rule] ?? Infinity, byNumpy[rule] ?? Infinity);
  const target = TARGETS[rule]?.[n];
  return {
    name: `${rule}, n = ${n}, f = ${f}, d = ${LENGTH}`,
    value,
    unit: 'ms',
    ...(references.length > 0 && { reference: references.join(', ') }),
    ...(Number.isFinite(fastest) && { ratio: value / fastest }),
    ...(target !== undefined && {
      target: `at most ${target.toFixed(2)} of byzfl in its faster form`,
    }),
    ...(target !== undefined && byByzfl && { note: metNote(value / byByzfl[rule]!, target) }),
  };
}

function metNote(share: number, most: number): string {
  return `${share.toFixed(2)} of byzfl: ${share <= most ? 'met' : 'not met'}`;
}

function best(work: () => void): number {
  for (let pass = 0; pass < WARM_UPS; pass += 1) work();
  let least = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < PASSES; pass += 1) {
    const start = performance.now();
    work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

async function pythonTimes(): Promise<PythonTimes> {
  const script = fileURLToPath(new URL('../../bench/rules.py', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.env.BENCH_PYTHON ?? '/usr/bin/python3',
    [script, String(LENGTH), ...SIZES.map(({ n, f }) => `${n}:${f}`)],
    {
      env: {
        // Where .ci/install-byzfl.sh puts it.
        PYTHONPATH: fileURLToPath(new URL('../byzfl', import.meta.url)),
        ...process.env,
        OPENBLAS_NUM_THREADS: '1',
        OMP_NUM_THREADS: '1',
      },
    },
  );
  return JSON.parse(stdout) as PythonTimes;
}
