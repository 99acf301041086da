import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kernels } from '../src/kernels/kernels.ts';
import { placeNewVectorsInArena } from '../src/kernels/placement.ts';
import { type BatchStream, nextBatch, openBatchStream } from '../src/learning/batch-stream.ts';
import { loadMnist, mnistFolder } from '../src/learning/datasets/mnist.ts';
import type { MlpSpec } from '../src/learning/engine.ts';
import { initialiseParameters } from '../src/learning/initialise.ts';
import { createOptimiser } from '../src/learning/optimisers/index.ts';
import { placeDataset } from '../src/learning/placed-dataset.ts';
import { createReferenceEngine } from '../src/learning/reference-engine.ts';
import { builtInReference } from '../src/rules/running/load.ts';
import { openStream, streamState } from '../src/simulation/random.ts';
import { type IntakeReference, loadIntake } from '../src/worlds/computing/intake-reference.ts';
import { runTask } from '../src/worlds/computing/run-task.ts';
import type { Task, ThreadSetup } from '../src/worlds/computing/task.ts';
import { ThreadPool } from '../src/worlds/computing/thread-pool.ts';
import { VectorMemory } from '../src/worlds/computing/vector-memory.ts';
import { type Figure, median } from './figure.ts';
import { openblasCores } from './openblas.ts';
import { pythonOutput } from './python-output.ts';

const MODEL: MlpSpec = {
  kind: 'mlp',
  layers: [784, 128, 64, 10],
  activation: 'relu',
  initialisation: 'xavier-uniform',
};
const WORKERS = 30;
/** As in byzfl's README. */
const BATCH = 25;
const F = 5;
const RATE = 0.1;
const WARM_UPS = 20;
const ROUNDS = 100;

/** A round's rule, and how many of the workers flip the signs of their gradients. */
const KINDS = [
  { rule: 'trimmed-mean', byzfl: 'TrMean', flippers: 0 },
  { rule: 'marginal-median', byzfl: 'Median', flippers: 2 },
];

/** Runs tasks that do not wait for each other. */
type RunAll = (tasks: readonly Task[]) => Promise<void>;

/**
 * One whole round in memory: picking batches, 30 gradients of the default model, the attack, the rule,
 * the step of the model; our own tasks in one thread, and in a pool of two, against byzfl's Client and
 * Server (bench/round.py). Evaluation is in neither. A flipper of ours computes a gradient of its own
 * and negates it; byzfl makes the two vectors of the mean of the 28 honest ones.
 */
export async function benchRound(): Promise<Figure[]> {
  const byzfl = await byzflInTwo();
  placeNewVectorsInArena();
  const data = placeDataset(kernels(), await loadMnist());
  const setup: ThreadSetup = {
    memory: kernels().memory,
    kernels: 'auto',
    seed: 1,
    engine: 'reference',
    model: MODEL,
    data,
    split: 'test',
    training: { momentum: null, weightDecay: 0, clipNorm: null },
    optimiser: { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
    intakes: Object.fromEntries(
      KINDS.map(({ rule, flippers }) => [rule, intakeOf(rule, flippers)]),
    ),
    triggers: {},
    poison: null,
    windows: null,
  };
  const alone = await inThisThread(setup);
  const pool = await ThreadPool.start(setup, 2);
  const two: RunAll = (tasks) => inPool(pool, tasks);
  const figures: Figure[] = [];
  for (const [place, { rule, flippers }] of KINDS.entries()) {
    const round = roundOf(rule, flippers, data.splits.train.items);
    const [one, both] = await inTurns([() => round(alone), () => round(two)]);
    const name = `a round of ${WORKERS} workers, batch ${BATCH}, ${rule}, ${flippers} sign-flippers`;
    const theirs = byzfl?.[0].times[place];
    const value = Math.min(...one!);
    figures.push(
      {
        name: `${name}, one thread`,
        value,
        unit: 'ms',
        ...(theirs && {
          reference: `byzfl ${byzfl[0].version} on torch ${byzfl[0].torch}: ${Math.min(...theirs).toFixed(1)} ms`,
          ratio: value / Math.min(...theirs),
        }),
        target: 'less than byzfl',
        note: `minimums; medians: ours ${median(one!).toFixed(1)}${theirs ? `, byzfl ${median(theirs).toFixed(1)}` : ''}`,
      },
      {
        name: `${name}, two threads`,
        value: Math.min(...both!),
        unit: 'ms',
        reference: `one thread: ${value.toFixed(2)} ms`,
        ratio: Math.min(...both!) / value,
        target: 'at most 0.6; the step is in one thread',
      },
    );
    if (byzfl) figures.push(againstTwo(name, both!, byzfl, place));
  }
  await pool.close();
  return figures;
}

/** Rounds a second on two threads, over those of two processes of byzfl at the same time. */
function againstTwo(
  name: string,
  ours: readonly number[],
  byzfl: readonly [ByzflTimes, ByzflTimes],
  place: number,
): Figure {
  const rate = (times: readonly number[]) => 1000 / median(times);
  const theirs = byzfl.reduce((sum, { times }) => sum + rate(times[place]!), 0);
  return {
    name: `${name}, two threads, against byzfl in 2 processes`,
    value: rate(ours),
    unit: 'rounds/s',
    reference: `two processes of byzfl, a simulation each: ${theirs.toFixed(1)}`,
    ratio: rate(ours) / theirs,
    target: 'ratio at least 2',
    note: 'medians; two simulations side by side wait for nothing of each other',
  };
}

function intakeOf(rule: string, flippers: number): IntakeReference {
  return {
    f: F,
    preAggregators: [],
    aggregator: builtInReference('aggregators', rule),
    stalenessWeight: builtInReference('aggregators/staleness-weights', 'constant'),
    tooFew: 'skip',
    fallback: null,
    diagnostics: 'cheap',
    ranges: null,
    attack:
      flippers === 0 ? null : { rule: builtInReference('attacks', 'sign-flip'), ranges: null },
  };
}

async function inThisThread(setup: ThreadSetup): Promise<RunAll> {
  const engine = createReferenceEngine(kernels(), MODEL, setup.data);
  const steps = Object.entries(setup.intakes).map(
    async ([name, intake]) => [name, await loadIntake(intake)] as const,
  );
  const { data, training, seed, split } = setup;
  const runner = {
    ...{ kernels: kernels(), engine, data, poison: null, windows: null, training, seed, split },
    optimiser: createOptimiser(setup.optimiser),
    intakes: new Map(await Promise.all(steps)),
    triggers: new Map(),
    scratch: new VectorMemory(kernels().memory, engine.dimension),
  };
  return async (tasks) => {
    for (const task of tasks) {
      runTask(runner, task);
      kernels().arena.reset();
    }
  };
}

async function inPool(pool: ThreadPool, tasks: readonly Task[]): Promise<void> {
  let left = tasks.length;
  for (const task of tasks) {
    pool.run(task, () => {
      left -= 1;
    });
  }
  while (left > 0) await pool.nextCompletion();
}

/** A round, by whatever runs the tasks; the model goes on learning from one to the next. */
function roundOf(rule: string, flippers: number, items: number): (run: RunAll) => Promise<void> {
  const theta0 = initialiseParameters(MODEL, openStream(1, 'bench/parameters'));
  const vectors = new VectorMemory(kernels().memory, theta0.length);
  let [theta, next] = [vectors.allocate(), vectors.allocate()];
  vectors.at(theta).set(theta0);
  const aggregate = vectors.allocate();
  const inputs = Array.from({ length: WORKERS }, () => vectors.allocate());
  const all = Uint32Array.from({ length: items }, (_, item) => item);
  const streamPrefix: BatchStream[] = inputs.map((_, worker) =>
    openBatchStream(all, streamState(1, `bench/worker-${worker}`)),
  );
  const contributions = inputs.map((vector, sender) => ({
    vector,
    sender,
    byzantine: sender >= WORKERS - flippers,
    staleness: 0,
    finite: true,
  }));
  let round = 0;
  return async (run) => {
    round += 1;
    const gradients = inputs.map((out, worker): Task => {
      const batch = nextBatch(streamPrefix[worker]!, BATCH).items;
      const plain = { poisoned: false, streamPrefix: '', steps: 1, learningRate: RATE };
      return {
        kind: 'gradient',
        theta,
        thetaId: round,
        items: batch,
        factor: 1 / BATCH,
        ...plain,
        out,
      };
    });
    await run(gradients);
    const input = { server: '', layer: rule, aggregation: 0, contributions, reference: null };
    await run([{ kind: 'aggregate', ...input, state: null, out: aggregate }]);
    const step = {
      theta,
      aggregate,
      scale: 1,
      optimiserState: null,
      learningRate: RATE,
      out: next,
    };
    await run([{ kind: 'update', ...step }]);
    [theta, next] = [next, theta];
  };
}

/** They take turns, so that what else the machine does troubles all alike. */
async function inTurns(works: readonly (() => Promise<void>)[]): Promise<number[][]> {
  const times: number[][] = works.map(() => []);
  for (let round = -WARM_UPS; round < ROUNDS; round += 1) {
    for (const [index, work] of works.entries()) {
      const start = performance.now();
      await work();
      if (round >= 0) times[index]!.push(performance.now() - start);
    }
  }
  return times;
}

interface ByzflTimes {
  version: string;
  torch: string;
  times: number[][];
}

/** As many of them as we use threads, at the same time. Undefined where byzfl or torch is missing. */
async function byzflInTwo(): Promise<readonly [ByzflTimes, ByzflTimes] | undefined> {
  const [first, second] = await Promise.all([byzflTimes(), byzflTimes()]);
  return first && second && [first, second];
}

/** Undefined where byzfl or torch is missing. */
async function byzflTimes(): Promise<ByzflTimes | undefined> {
  const files = ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'];
  const paths = files.map((file) => join(mnistFolder(), file));
  const kinds = KINDS.map(({ byzfl, flippers }) => `${byzfl}:${flippers}:${F}`);
  const times = await pythonOutput('round.py', [...paths, `${WORKERS}`, `${BATCH}`, ...kinds], {
    // Where .ci/install-byzfl.sh puts it.
    PYTHONPATH: process.env.PYTHONPATH ?? fileURLToPath(new URL('../byzfl', import.meta.url)),
    OPENBLAS_NUM_THREADS: '1',
    OPENBLAS_CORETYPE: openblasCores().at(-1),
    OMP_NUM_THREADS: '1',
  });
  return times === null ? undefined : JSON.parse(times);
}
