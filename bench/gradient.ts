import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bindKernels, type KernelChoice, kernelsName } from '../src/kernels/kernels.ts';
import { createKernelMemory } from '../src/kernels/memory.ts';
import { nativeLevels } from '../src/kernels/native-kernels.ts';
import { loadMnist, mnistFolder } from '../src/learning/datasets/mnist.ts';
import type { MlpSpec } from '../src/learning/engine.ts';
import { initialiseParameters } from '../src/learning/initialise.ts';
import { placeDataset } from '../src/learning/placed-dataset.ts';
import { createReferenceEngine } from '../src/learning/reference-engine.ts';
import { openStream } from '../src/simulation/random.ts';
import { type Figure, median } from './figure.ts';
import { openblasCores } from './openblas.ts';

const MODEL: MlpSpec = {
  kind: 'mlp',
  layers: [784, 128, 64, 10],
  activation: 'relu',
  initialisation: 'xavier-uniform',
};
const BATCH = 100;
const WARM_UP = 1000;
/** The two take turns, so that what else the machine does troubles both alike. */
const TURNS = 12;
const GRADIENTS_PER_TURN = 200;
/** Of numpy's time, by the kernels that run. */
const TARGETS: Record<string, number> = {
  'native, avx512': 0.6,
  'native, avx2': 0.85,
  'native, baseline': 1.6,
  wasm: 1.6,
};

/** Times `count` gradients, in ms. */
type Timed = (count: number) => Promise<number[]>;

/**
 * One gradient of the default model on MNIST, batch 100, one thread, picking the items included, on
 * native kernels and on WebAssembly, against numpy over OpenBLAS doing the same (bench/numpy-gradient.py).
 */
export async function benchGradient(): Promise<Figure[]> {
  const choices: KernelChoice[] = nativeLevels().length > 0 ? ['native', 'wasm'] : ['wasm'];
  const ours: Timed[] = [];
  for (const choice of choices) ours.push(await timeOurs(choice));
  const numpy = await fastestNumpy();
  const times = await inTurns([...ours, ...(numpy ? [numpy.time] : [])]);
  numpy?.close();
  const theirs = numpy && times.at(-1)!;
  return choices.map((choice, index) => {
    const kernels = kernelsName(choice);
    const mine = times[index]!;
    const name = `one gradient, ${MODEL.layers.join('-')}, batch ${BATCH}, one thread; ${kernels}`;
    const figure = { name, value: median(mine), unit: 'ms' };
    if (!theirs) {
      return { ...figure, note: 'no reference: install python3-numpy and libopenblas0-pthread' };
    }
    const ofMinimums = Math.min(...mine) / Math.min(...theirs);
    return {
      ...figure,
      reference: `${numpy.name}: ${median(theirs).toFixed(3)} ms`,
      ratio: median(mine) / median(theirs),
      target: `ratio at most ${TARGETS[kernels]}`,
      note: `medians; ratio of the minimums ${ofMinimums.toFixed(2)}`,
    };
  });
}

async function timeOurs(choice: KernelChoice): Promise<Timed> {
  const kernels = bindKernels(createKernelMemory(), choice);
  const { arena } = kernels;
  const engine = createReferenceEngine(kernels, MODEL, placeDataset(kernels, await loadMnist()));
  const theta = arena.vector(engine.dimension);
  theta.set(initialiseParameters(MODEL, openStream(1, 'bench/parameters')));
  const out = arena.vector(engine.dimension);
  const random = openStream(1, 'bench/batches');
  return async (count) =>
    Array.from({ length: count }, () => {
      const items = Uint32Array.from({ length: BATCH }, () => random.integer(50_000));
      const start = performance.now();
      engine.gradient(theta, items, out);
      return performance.now() - start;
    });
}

async function inTurns(contestants: readonly Timed[]): Promise<number[][]> {
  for (const time of contestants) await time(WARM_UP);
  const times: number[][] = contestants.map(() => []);
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const [index, time] of contestants.entries()) {
      times[index]!.push(...(await time(GRADIENTS_PER_TURN)));
    }
  }
  return times;
}

interface Numpy {
  name: string;
  time: Timed;
  close(): void;
}

/**
 * numpy at its best: with the OpenBLAS kernels that are fastest here. Undefined without numpy.
 */
async function fastestNumpy(): Promise<Numpy | undefined> {
  const trials: { numpy: Numpy; best: number }[] = [];
  for (const core of [undefined, ...openblasCores()]) {
    const numpy = await startNumpy(core);
    if (numpy === undefined) continue;
    await numpy.time(GRADIENTS_PER_TURN);
    trials.push({ numpy, best: median(await numpy.time(GRADIENTS_PER_TURN)) });
  }
  trials.sort((a, b) => a.best - b.best);
  for (const { numpy } of trials.slice(1)) numpy.close();
  return trials[0]?.numpy;
}

async function startNumpy(core: string | undefined): Promise<Numpy | undefined> {
  // Debian's own python: another one first in the PATH would not find Debian's numpy.
  const script = fileURLToPath(new URL('../../bench/numpy-gradient.py', import.meta.url));
  const files = ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'];
  const paths = files.map((file) => join(mnistFolder(), file));
  const env: NodeJS.ProcessEnv = { ...process.env, OPENBLAS_NUM_THREADS: '1' };
  if (core !== undefined) env.OPENBLAS_CORETYPE = core;
  const child = spawn('/usr/bin/python3', [script, ...paths], { env });
  child.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) return undefined;
  const facts = JSON.parse(first.value) as { numpy: string; blas: string };
  return {
    name: `numpy ${facts.numpy} over ${facts.blas}${core ? ` with its ${core} kernels` : ''}`,
    time: (count) => askNumpy(child, lines, count),
    close: () => child.stdin.end(),
  };
}

async function askNumpy(
  child: ChildProcessWithoutNullStreams,
  lines: AsyncIterator<string>,
  count: number,
): Promise<number[]> {
  child.stdin.write(`${count}\n`);
  const answer = await lines.next();
  if (answer.done) throw new Error('numpy ended');
  return JSON.parse(answer.value) as number[];
}
