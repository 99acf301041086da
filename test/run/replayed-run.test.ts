import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import { type BuiltInModel, modelSpec } from '#src/config/model-spec.js';
import type { SimulatedLine } from '#src/journal/events.js';
import { type BatchStream, nextBatch, openBatchStream } from '#src/learning/batch-stream.js';
import type { Dataset, Split } from '#src/learning/dataset.js';
import { makeSynthetic, type SyntheticSpec } from '#src/learning/datasets/synthetic.js';
import type { MlpSpec } from '#src/learning/engine.js';
import { initialiseParameters } from '#src/learning/initialise.js';
import { modelParameters } from '#src/learning/model.js';
import { decodeParameters } from '#src/learning/parameter-file.js';
import { iid } from '#src/learning/partitions/iid.js';
import { slotNames } from '#src/mobility/leases.js';
import { openStream, streamState } from '#src/simulation/random.js';
import { plainMean, plainMedian, plainNorm } from '../kernels/plain-vectors.ts';
import { crossEntropy, forward, plainGradient, unflatten } from '../learning/plain-network.ts';
import { tinyConfig, tinyInput } from '../worlds/tiny-config.ts';
import { freshPath, journalOf, startRun } from './run-folders.ts';

const { fround } = Math;
/** How many items' losses are added up at once. */
const EVALUATION_ITEMS = 500;

/** Weight of a vector s versions behind, as the papers have it, with the default options. */
const WEIGHTS: Record<string, (s: number) => number> = {
  polynomial: (s) => 1 / Math.sqrt(s + 1),
  buffered: (s) => 1 / Math.sqrt(1 + s),
  hinge: (s) => (s <= 4 ? 1 : 1 / (10 * (s - 4) + 1)),
};

type Line<Type> = Extract<SimulatedLine, { type: Type }>;

/** A gradient as a worker began it. */
interface Begun {
  startUs: number;
  /** Of what the worker made its own steps with. */
  learningRate: number;
  version: number;
  /** One batch for each of its steps. */
  batches: Uint32Array[];
  /** The last gradient before it that the same device finished. */
  before: number | null;
}

/**
 * Does all of a run's learning over again, in plain loops: who computed what on which model, and
 * what was put together in which order, is read from the journal; every number is computed again.
 */
class Replay {
  readonly thetas: Float32Array[];
  /** Vectors so far that were behind. */
  stale = 0;
  /** Batches' gradients that were too long, and vectors that held older gradients. */
  clipped = 0;
  remembered = 0;
  readonly #config: Config;
  readonly #spec: MlpSpec;
  readonly #data: Dataset;
  readonly #batches: Map<string, BatchStream>;
  readonly #gradients = new Map<number, Begun>();
  /** By worker: the last gradient that it began, and the last one that it finished for sure. */
  readonly #lastBegun = new Map<string, number>();
  readonly #lastFinished = new Map<string, number | null>();
  /** Gradients that were given up before they were finished. */
  readonly #givenUp = new Set<number>();
  readonly #made = new Map<number, { vector: Float32Array; loss: number }>();
  readonly #sent = new Map<number, Float32Array>();
  readonly #results = new Map<number, Float32Array>();
  #combined: { aggregate: Float32Array; vectors: number } | null = null;
  #gradientsBefore = 0;
  #memory: Float32Array;
  /** Adam's means of squares, and how many updates they are of. */
  #squares: Float32Array;
  #updates = 0;

  constructor(config: Config) {
    const { seed, model, data } = config;
    if (model.kind !== 'mlp') throw new Error('only perceptrons are replayed');
    this.#config = config;
    this.#spec = { ...model, initialisation: 'xavier-uniform' };
    this.#data = makeSynthetic(data.dataset as SyntheticSpec);
    const theta = initialiseParameters(this.#spec, openStream(seed, 'initialise'));
    this.thetas = [theta];
    const { optimiser } = config.training;
    const before = optimiser.name === 'adagrad' ? fround(optimiser.initialAccumulator) : 0;
    this.#memory = theta.map(() => before);
    this.#squares = theta.map(() => 0);
    const owners =
      data.owners === 'workers' ? slotNames(config.mobility.workers.count) : ['left', 'right'];
    const itemsByOwner = iid(this.#data.splits.train, owners, openStream(seed, 'partition'));
    this.#batches = new Map(
      [...itemsByOwner].map(([owner, items]) => [
        owner,
        openBatchStream(items, streamState(seed, `batches/${owner}`)),
      ]),
    );
  }

  /** Checks the line's numbers. `after`: the lines that follow it. */
  follow(line: SimulatedLine, after: readonly SimulatedLine[]): void {
    if (line.type === 'gradient-started') {
      this.#begin(line);
    } else if (line.type === 'gradient-ended' && line.outcome !== 'aggregated') {
      const { gradientS, training } = this.#config.layers.worker;
      const durationUs = (gradientS as number) * 1e6 * training.localSteps;
      const { startUs } = this.#gradients.get(line.gradient)!;
      if (line.timeUs < startUs + durationUs) this.#givenUp.add(line.gradient);
    } else if (line.type === 'leave-map') {
      // Another device takes its place.
      this.#lastBegun.delete(line.worker);
      this.#lastFinished.delete(line.worker);
    } else if (line.type === 'aggregated' && line.layer === 'edge') {
      this.#aggregateGradients(line, after.slice(0, line.vectors) as Line<'gradient-ended'>[]);
    } else if (line.type === 'aggregated') {
      this.#aggregateResults(line, after.slice(0, line.vectors) as Line<'result-ended'>[]);
    } else if (line.type === 'updated') {
      this.#update(line);
    } else if (line.type === 'evaluated') {
      this.#measure(line);
    }
  }

  #begin({ gradient, worker, server, version, timeUs }: Line<'gradient-started'>): void {
    const { data, layers, training } = this.#config;
    const stream = this.#batches.get(data.owners === 'workers' ? worker : server)!;
    const { localSteps } = layers.worker.training;
    const batches = Array.from(
      { length: localSteps },
      () => nextBatch(stream, data.batchSize).items,
    );
    // It does one thing after the other: what it began before is finished, if not given up.
    const last = this.#lastBegun.get(worker);
    if (last !== undefined && !this.#givenUp.has(last)) this.#lastFinished.set(worker, last);
    this.#lastBegun.set(worker, gradient);
    const before = this.#lastFinished.get(worker) ?? null;
    const epoch = Math.floor(this.#gradientsBefore / training.gradientsPerEpoch);
    const learningRate = 0.05 / (1 + epoch) + version / 1000 + timeUs / 1e6 / 1000;
    this.#gradients.set(gradient, { startUs: timeUs, learningRate, version, batches, before });
  }

  /** The vector that the worker computed: clipped gradients of its steps with decay, added up. */
  #make(gradient: number): { vector: Float32Array; loss: number } {
    const known = this.#made.get(gradient);
    if (known) return known;
    const { version, batches, learningRate } = this.#gradients.get(gradient)!;
    const { batchSize } = this.#config.data;
    const { weightDecay, clipNorm } = this.#config.layers.worker.training;
    const factor = this.#config.training.gradient === 'mean' ? fround(1 / batchSize) : 1;
    const [eta, lambda] = [fround(learningRate), fround(weightDecay)];
    let theta = this.thetas[version]!;
    let total: Float32Array | null = null;
    let lossSum = 0;
    for (const items of batches) {
      const { inputs, labels } = this.#items(this.#data.splits.train, items);
      const { gradient: summed, loss } = plainGradient(this.#spec, theta, inputs, labels);
      lossSum += loss;
      const raw = summed.map((x) => fround(x * factor));
      const length = plainNorm(raw);
      const isLong = clipNorm !== undefined && length > clipNorm;
      if (isLong) this.clipped += 1;
      const shrink = isLong ? fround(clipNorm / length) : 1;
      const g = raw.map((x, i) => fround(fround(x * shrink) + fround(lambda * theta[i]!)));
      total = total === null ? g : total.map((x, i) => fround(x + g[i]!));
      theta = theta.map((x, i) => fround(x - fround(eta * g[i]!)));
    }
    const made = { vector: total!, loss: lossSum / (batchSize * batches.length) };
    this.#made.set(gradient, made);
    return made;
  }

  /** The vector that the worker sent: with momentum, of all that it has finished. */
  #send(gradient: number): Float32Array {
    const { momentum } = this.#config.layers.worker.training;
    const { vector } = this.#make(gradient);
    if (momentum === undefined) return vector;
    const known = this.#sent.get(gradient);
    if (known) return known;
    const { before } = this.#gradients.get(gradient)!;
    if (before !== null) this.remembered += 1;
    const memory = before === null ? vector.map(() => 0) : this.#send(before);
    const beta = fround(momentum.beta);
    const share = momentum.form === 'dampened' ? fround(1 - momentum.beta) : 1;
    const sent = memory.map((m, i) => fround(fround(beta * m) + fround(share * vector[i]!)));
    this.#sent.set(gradient, sent);
    return sent;
  }

  #aggregateGradients(line: Line<'aggregated'>, ends: readonly Line<'gradient-ended'>[]): void {
    const vectors = ends.map(({ gradient }) => this.#send(gradient));
    const weighted = this.#weighStale('edge', vectors, ends);
    const isMedian = this.#config.layers.edge!.aggregate.rule === 'marginal-median';
    const aggregate = isMedian ? plainMedian(weighted) : plainMean(weighted);
    const losses = ends.map(({ gradient }) => this.#make(gradient).loss);
    const loss = losses.reduce((sum, each) => sum + each, 0) / losses.length;
    expect([line.norm, line.loss]).toEqual([plainNorm(aggregate), loss]);
    this.#results.set(line.result, aggregate);
  }

  #aggregateResults(line: Line<'aggregated'>, ends: readonly Line<'result-ended'>[]): void {
    const vectors = ends.map(({ result }) => this.#results.get(result)!);
    const aggregate = plainMean(this.#weighStale('cloud', vectors, ends));
    expect(line.norm).toBe(plainNorm(aggregate));
    this.#combined = { aggregate, vectors: ends.length };
  }

  /** Every vector times what one counts that is as many versions behind. */
  #weighStale(
    layer: string,
    vectors: readonly Float32Array[],
    ends: readonly { staleness?: number }[],
  ): Float32Array[] {
    const { rule } = this.#config.layers[layer]!.aggregate.stalenessWeight;
    return vectors.map((vector, index) => {
      const s = ends[index]!.staleness!;
      if (s > 0) this.stale += 1;
      const weight = rule === 'constant' ? 1 : WEIGHTS[rule]!(s);
      return vector.map((x) => fround(fround(weight) * x));
    });
  }

  #update(line: Line<'updated'>): void {
    const { gradientsPerEpoch, combine } = this.#config.training;
    const { aggregate, vectors } = this.#combined!;
    const epoch = Math.floor(this.#gradientsBefore / gradientsPerEpoch);
    expect(line.learningRate).toBe(
      0.05 / (1 + epoch) + (line.version - 1) / 1000 + line.timeUs / 1e6 / 1000,
    );
    const scale = combine === 'sum' ? vectors : 1;
    const theta = this.#step(aggregate, scale, line.learningRate);
    expect(line.thetaNorm).toBe(plainNorm(theta));
    this.thetas.push(theta);
    this.#gradientsBefore = line.gradients;
  }

  #step(aggregate: Float32Array, scale: number, learningRate: number): Float32Array {
    const theta = this.thetas.at(-1)!;
    const { optimiser } = this.#config.training;
    const eta = fround(learningRate);
    const scaled = aggregate.map((x) => fround(scale * x));
    if (optimiser.name === 'adagrad') {
      const epsilon = fround(optimiser.epsilon);
      this.#memory = this.#memory.map((sum, i) => fround(sum + fround(scaled[i]! * scaled[i]!)));
      const roots = this.#memory.map((sum) => fround(fround(Math.sqrt(sum)) + epsilon));
      return theta.map((x, i) => fround(x - fround(eta * fround(scaled[i]! / roots[i]!))));
    }
    if (optimiser.name === 'adam') {
      const { beta1, beta2, epsilon } = optimiser;
      const [b1, b2, rest1, rest2] = [beta1, beta2, 1 - beta1, 1 - beta2].map(fround);
      this.#updates += 1;
      this.#memory = this.#memory.map((m, i) =>
        fround(fround(b1! * m) + fround(rest1! * scaled[i]!)),
      );
      this.#squares = this.#squares.map((v, i) =>
        fround(fround(b2! * v) + fround(rest2! * fround(scaled[i]! * scaled[i]!))),
      );
      const root = Math.sqrt(1 - beta2 ** this.#updates);
      const rate = fround((learningRate * root) / (1 - beta1 ** this.#updates));
      const roots = this.#squares.map((v) => fround(fround(Math.sqrt(v)) + fround(epsilon * root)));
      return theta.map((x, i) => fround(x - fround(rate * fround(this.#memory[i]! / roots[i]!))));
    }
    const [mu, lambda] = [fround(optimiser.momentum), fround(optimiser.weightDecay)];
    if (mu === 0 && lambda === 0) {
      const rate = fround(learningRate * scale);
      return theta.map((x, i) => fround(x - fround(rate * aggregate[i]!)));
    }
    const gradient = scaled.map((g, i) => fround(g + fround(lambda * theta[i]!)));
    this.#memory = this.#memory.map((v, i) => fround(fround(mu * v) + gradient[i]!));
    const direction = optimiser.nesterov
      ? gradient.map((g, i) => fround(g + fround(mu * this.#memory[i]!)))
      : this.#memory;
    return theta.map((x, i) => fround(x - fround(eta * direction[i]!)));
  }

  #measure(line: Line<'evaluated'>): void {
    const split = this.#data.splits[this.#config.evaluation.split];
    const { inputs, labels } = this.#items(split, [...Array(split.items).keys()]);
    const logits = forward(unflatten(this.#spec, this.thetas[line.version]!), inputs).at(-1)!;
    const losses = logits.map((row, item) => crossEntropy(row, labels[item]!).loss);
    let total = 0;
    for (let from = 0; from < losses.length; from += EVALUATION_ITEMS) {
      total += losses.slice(from, from + EVALUATION_ITEMS).reduce((sum, loss) => sum + loss, 0);
    }
    expect(line.loss).toBe(total / split.items);
    const right = logits.filter((row, i) => row.indexOf(Math.max(...row)) === labels[i]).length;
    expect(line.accuracy).toBe(right / split.items);
  }

  #items({ inputs, targets }: Split, items: ArrayLike<number>) {
    const { features } = this.#data;
    return {
      inputs: Array.from(items, (item) =>
        Float32Array.from(inputs.subarray(item * features, (item + 1) * features)),
      ),
      labels: Array.from(items, (item) => targets[item]!),
    };
  }
}

const learningRate = '0.05 / (1 + epoch) + round / 1000 + time / 1000';
const dataset = { name: 'synthetic', features: 8, classes: 3, trainItems: 120 } as const;

it.each([
  {
    title: 'means of summed gradients, summed at the cloud',
    config: tinyConfig({
      data: { dataset: { ...dataset, testItems: 1100 }, batchSize: 10 },
      training: { maximumRounds: 12, learningRate, gradientsPerEpoch: 20 },
      evaluation: { everyGradients: 20 },
    }),
  },
  {
    title: 'medians of mean gradients on the data of each worker, their mean at the cloud',
    config: tinyConfig({
      seed: 7,
      layers: {
        edge: { collect: { count: 4 }, deadlineS: 4, aggregate: { rule: 'marginal-median' } },
        worker: { gradientS: 0.3 },
      },
      data: { ...tinyInput.data, dataset, owners: 'workers' },
      training: {
        maximumRounds: 12,
        learningRate,
        gradientsPerEpoch: 20,
        combine: 'mean',
        gradient: 'mean',
      },
      evaluation: { everyGradients: 20, split: 'validation' },
    }),
  },
  {
    title: 'stale gradients and results, weighted, in asynchronous rounds',
    config: tinyConfig({
      rounds: { mode: 'asynchronous' },
      layers: {
        cloud: { aggregate: { stalenessWeight: { rule: 'polynomial' } } },
        edge: { collect: { count: 2 }, aggregate: { stalenessWeight: { rule: 'hinge' } } },
        worker: { gradientS: { distribution: 'exponential', meanS: 2 }, departure: 'carry' },
      },
      data: { dataset, batchSize: 10 },
      training: { maximumRounds: 40, learningRate, gradientsPerEpoch: 20 },
      evaluation: { everyGradients: 20 },
    }),
  },
  {
    title: 'late results of a partially asynchronous cloud, weighted',
    config: tinyConfig({
      rounds: { mode: 'partially-asynchronous', maximumStaleness: 2 },
      layers: {
        cloud: { collect: { count: 1 }, aggregate: { stalenessWeight: { rule: 'buffered' } } },
        edge: { collect: { count: 2 }, aggregate: { stalenessWeight: { rule: 'polynomial' } } },
        worker: { gradientS: { distribution: 'exponential', meanS: 2 } },
      },
      data: { dataset, batchSize: 10 },
      training: { maximumRounds: 40, learningRate, gradientsPerEpoch: 20 },
      evaluation: { everyGradients: 20 },
    }),
  },
  ...[
    { name: 'sgd', momentum: 0.9, weightDecay: 0.01 } as const,
    { name: 'sgd', momentum: 0.5, nesterov: true } as const,
    { name: 'sgd', weightDecay: 0.1 } as const,
    { name: 'adagrad', initialAccumulator: 0.1 } as const,
    { name: 'adam', beta2: 0.99 } as const,
  ].map((optimiser) => ({
    title: JSON.stringify(optimiser),
    config: tinyConfig({
      data: { dataset, batchSize: 10 },
      training: { maximumRounds: 12, learningRate, gradientsPerEpoch: 20, optimiser },
      evaluation: { everyGradients: 20 },
    }),
  })),
  ...[
    { momentum: { beta: 0.9 } },
    { momentum: { beta: 0.5, form: 'undampened' }, weightDecay: 0.01 },
    { localSteps: 3, clipNorm: 6, localLearningRate: learningRate },
    { localSteps: 2, weightDecay: 0.1, momentum: { beta: 0.7 } },
  ].map((training) => ({
    title: `workers with ${JSON.stringify(training)}`,
    config: tinyConfig({
      layers: {
        edge: { collect: { count: 3 }, deadlineS: 4 },
        worker: { gradientS: 0.4, departure: 'carry', training },
      },
      data: { dataset, batchSize: 10 },
      training: { maximumRounds: 15, learningRate, gradientsPerEpoch: 20 },
      evaluation: { everyGradients: 20 },
    }),
  })),
])('a run learns what plain loops learn, bit for bit: $title', async ({ config }) => {
  const runDir = freshPath();
  const run = await startRun(config, runDir, 2);
  await run.toEnd();
  const lines = journalOf(runDir).filter((line): line is SimulatedLine => 'n' in line);
  const replay = new Replay(config);
  for (const [index, line] of lines.entries()) replay.follow(line, lines.slice(index + 1));
  expect(replay.thetas.length).toBeGreaterThan(10);
  if (config.rounds.mode !== 'synchronous') expect(replay.stale).toBeGreaterThan(10);
  const { clipNorm, momentum } = config.layers.worker.training;
  if (clipNorm !== undefined) expect(replay.clipped).toBeGreaterThan(10);
  if (momentum !== undefined) expect(replay.remembered).toBeGreaterThan(10);
  const parameters = modelParameters(modelSpec(config.model as BuiltInModel));
  const file = join(runDir, 'model.safetensors');
  const { vector, metadata } = decodeParameters(readFileSync(file), parameters, file);
  expect(vector).toEqual(replay.thetas.at(-1));
  expect(metadata).toMatchObject({ version: `${replay.thetas.length - 1}` });
});
