import { expect, it } from 'vitest';
import { bindKernels } from '#src/kernels/kernels.js';
import { createKernelMemory } from '#src/kernels/memory.js';
import type { Engine } from '#src/learning/engine.js';
import type { OptimiserSpec } from '#src/learning/optimiser.js';
import { createOptimiser } from '#src/learning/optimisers/index.js';
import type { PlacedDataset } from '#src/learning/placed-dataset.js';
import type { RandomSource } from '#src/rules/contract/plain-data.js';
import type { IntakeStep } from '#src/rules/running/intake.js';
import { builtInReference } from '#src/rules/running/load.js';
import { openStream } from '#src/simulation/random.js';
import { type IntakeReference, loadIntake } from '#src/worlds/computing/intake-reference.js';
import { runTask, type TaskRunner } from '#src/worlds/computing/run-task.js';
import type { Task, TaskResult } from '#src/worlds/computing/task.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { contributionsOf } from '../../rules/arrivals.ts';

const memory = createKernelMemory();
const vectors = new VectorMemory(memory, 2);

function placed(...elements: number[]): number {
  const address = vectors.allocate();
  vectors.at(address).set(elements);
  return address;
}

function runnerWith(step?: IntakeStep, spec: OptimiserSpec = sgd): TaskRunner {
  return {
    kernels: bindKernels(memory),
    // Aggregations and updates ask it for nothing else.
    engine: { dimension: 2 } as Engine,
    data: {} as PlacedDataset,
    poison: null,
    training: { momentum: null, clipNorm: null, weightDecay: 0 },
    optimiser: createOptimiser(spec),
    windows: null,
    seed: 1,
    split: 'test',
    intakes: new Map(step && [['edge', step]]),
    triggers: new Map(),
    scratch: vectors,
  };
}

const sgd = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;

function taskOf(inputs: number[][], byzantine: boolean[]): Task {
  return {
    kind: 'aggregate',
    server: 'a',
    layer: 'edge',
    aggregation: 0,
    contributions: contributionsOf({
      vectors: inputs.map((elements) => placed(...elements)),
      byzantine,
      finite: inputs.map((elements) => elements.every(Number.isFinite)),
      senders: [...inputs.keys()],
      staleness: inputs.map(() => 0),
    }),
    reference: null,
    state: null,
    out: vectors.allocate(),
  };
}

const plainMean: IntakeReference = {
  f: 0,
  preAggregators: [],
  aggregator: builtInReference('aggregators', 'mean', {}),
  stalenessWeight: builtInReference('aggregators/staleness-weights', 'constant', {}),
  tooFew: 'skip',
  fallback: null,
  diagnostics: 'cheap',
  ranges: null,
  attack: null,
};

it('hands the weights on to the rule', async () => {
  const step = await loadIntake(plainMean);
  const runner = runnerWith(step);
  const task = taskOf(
    [
      [1, 2],
      [5, 6],
    ],
    [false, false],
  );
  if (task.kind === 'aggregate') {
    task.contributions = task.contributions.map((each, index) => ({
      ...each,
      weight: [1, 3][index]!,
    }));
  }
  await runTask(runner, task);
  const { out } = task as Task & { kind: 'aggregate' };
  expect(vectors.at(out)).toEqual(new Float32Array([4, 5]));
});

/** The mean of these vectors; `Byzantine nodes` of them have their signs flipped first. */
async function meanOf(inputs: number[][], attackers: boolean[]): Promise<TaskResult> {
  const step = await loadIntake({
    ...plainMean,
    attack: { rule: builtInReference('attacks', 'sign-flip', {}), ranges: null },
  });
  return runTask(runnerWith(step), taskOf(inputs, attackers));
}

it('counts everything that the rule was given, lies too, and nothing that is not finite', async () => {
  const inputs = [
    [1, 2],
    [3, 4],
    [Number.NaN, 0],
  ];
  const result = await meanOf(inputs, [false, true, false]);
  expect(result).toMatchObject({ present: true, honestCount: 1, byzantineCount: 1, nonFinite: 1 });
});

it('has no result when the sum leaves the range of float32', async () => {
  const inputs = [
    [3e38, 0],
    [3e38, 0],
  ];
  const result = await meanOf(inputs, [false, false]);
  expect(result).toMatchObject({ present: false, honestCount: 2, norm: Number.POSITIVE_INFINITY });
});

it('gives the attack and the rule random numbers of their own, by the names of aggregation and purpose', () => {
  const drawn = (random: { float(): number }) => new Float32Array([random.float(), 0]);
  const attack = {
    kind: 'vector',
    name: 'random',
    summary: '',
    knowledge: 'own',
    forge: (own: readonly Float32Array[], { random }: { random: RandomSource }) => ({
      vectors: own.map(() => drawn(random)),
    }),
  } as const;
  const seen: Float32Array[] = [];
  const aggregator = {
    name: 'random',
    summary: '',
    minimumInputs: () => 1,
    aggregate: ([first]: readonly Float32Array[], { random }: { random: RandomSource }) => {
      seen.push(first!.slice(), drawn(random));
      return { vector: first! };
    },
  };
  const step = {
    f: 0,
    preAggregators: [],
    aggregator: { rule: aggregator, options: {} },
    attack: { attack: { rule: attack, options: {} }, ranges: null },
  };
  runTask(runnerWith(step), taskOf([[1, 2]], [true]));
  const expected = ['attack', 'aggregator'].map((purpose) =>
    drawn(openStream(1, `aggregation/a/0/${purpose}`)),
  );
  expect(seen).toEqual(expected);
});

it.each<OptimiserSpec>([
  { ...sgd, momentum: 0.5, weightDecay: 0.5 },
  { name: 'adagrad', epsilon: 1e-10, initialAccumulator: 2 },
  {
    name: 'adam',
    beta1: 0.5,
    beta2: 0.5,
    epsilon: 1,
    biasCorrection: true,
    weightDecay: 0.5,
  },
])('leaves theta and state as they are when there is no aggregate: %o', (spec) => {
  const runner = runnerWith(undefined, spec);
  const length = createOptimiser(spec).stateLength(2);
  const known = [3, 4, 5, 6, 7].slice(0, length);
  const [theta, state, out] = [1, 2, 3].map(() => vectors.allocate(length)) as [
    number,
    number,
    number,
  ];
  vectors.at(theta).set([1, 2]);
  vectors.at(state, length).set(known);
  const step = { theta, aggregate: null, scale: 1, out };
  runTask(runner, { kind: 'update', ...step, optimiserState: state, learningRate: 1 });
  expect([...vectors.at(out)]).toEqual([1, 2]);
  runTask(runner, { kind: 'optimiser-state', ...step, optimiserState: state });
  expect([...vectors.at(out, length)]).toEqual(known);
  // Before any update it is what the first one starts from.
  runTask(runner, { kind: 'optimiser-state', ...step, optimiserState: null });
  const first = spec.name === 'adagrad' ? 2 : 0;
  expect([...vectors.at(out, length)]).toEqual(known.map(() => first));
});

it.each<[string, number[], number[], boolean]>([
  ['is one that moves a parameter', [1, 2], [0, 1], true],
  ['is none where every step is zero', [1, 2], [0, 0], false],
  ['is none where every step vanishes in rounding', [1, 2], [0, 1e-10], false],
  ['is one of parameters that are not finite', [1, Number.NaN], [0, 0], true],
])('a change by an update %s', (_, before, aggregate, changed) => {
  const [theta, step, out] = [1, 2, 3].map(() => vectors.allocate(2)) as [number, number, number];
  vectors.at(theta).set(before);
  vectors.at(step).set(aggregate);
  const task = { theta, aggregate: step, scale: 1, optimiserState: null, learningRate: 1, out };
  expect(runTask(runnerWith(undefined, sgd), { kind: 'update', ...task })).toMatchObject({
    changed,
  });
});

it('makes the change of a training as a task of its own would', () => {
  const gradient: Engine['gradient'] = (theta, _items, out) => {
    out.set(theta.map((element) => element / 3));
    return 1;
  };
  const windows = { optimiser: createOptimiser(sgd), batchSize: 1, epochs: 1, gradient: 'sum' };
  const engine = { dimension: 2, gradient } as Engine;
  const runner = { ...runnerWith(), engine, windows } as TaskRunner;
  const [theta, before] = [placed(1, 2), placed(1.5, 1e30)];
  const [trained, changed, apart] = [placed(), placed(), placed()] as const;
  const training = {
    kind: 'window',
    ...{ theta, optimiserState: null, optimiserStateOut: null, out: trained },
    ...{ items: new Uint32Array(2), streamPrefix: '', poisoned: false, learningRate: 0.1 },
    change: { a: before, scale: -1, out: changed },
  } as const;
  const result = runTask(runner, training);
  const alone = { kind: 'add-scaled', a: before, b: trained, scale: -1, out: apart } as const;
  expect(result).toMatchObject({ kind: 'window', change: runTask(runner, alone) });
  expect(vectors.at(changed)).toEqual(vectors.at(apart));
  expect(vectors.at(trained)).not.toEqual(vectors.at(theta));
  // The trained parameters themselves are written only where they are wanted.
  vectors.at(trained).fill(0);
  vectors.at(changed).fill(0);
  expect(runTask(runner, { ...training, out: null })).toEqual(result);
  expect(vectors.at(changed)).toEqual(vectors.at(apart));
  expect([...vectors.at(trained)]).toEqual([0, 0]);
});
