import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { configSchema } from '../src/config/config-schema.ts';
import { type BuiltInModel, modelSpec } from '../src/config/model-spec.ts';
import { InputError } from '../src/errors.ts';
import { kernels } from '../src/kernels/kernels.ts';
import { loadMnist } from '../src/learning/datasets/mnist.ts';
import type { Engine, ModelSpec } from '../src/learning/engine.ts';
import type { EngineName } from '../src/learning/engine-name.ts';
import { initialiseParameters } from '../src/learning/initialise.ts';
import { openEngine } from '../src/learning/open-engine.ts';
import { type PlacedDataset, placeDataset } from '../src/learning/placed-dataset.ts';
import { openStream, streamState } from '../src/simulation/random.ts';
import { type Figure, median } from './figure.ts';

const CNN = new URL('../../configs/mnist-cnn.yaml', import.meta.url);
const MLP: ModelSpec = {
  kind: 'mlp',
  layers: [784, 128, 64, 10],
  activation: 'relu',
  initialisation: 'xavier-uniform',
};
/** A small step after each, as in a run: what is zero in a trained net is not so in a new one. */
const RATE = 0.05;
const WARM_UP = 10;
/** The engines take turns, so that what else the machine does troubles all alike. */
const TURNS = 6;

/**
 * One gradient in our engine and in TensorFlow.js, one thread each, the way to the tfjs-node process
 * and back included. Engines that are not installed, or lack what the model needs, are left out.
 */
export async function benchEngines(): Promise<Figure[]> {
  const data = placeDataset(kernels(), await loadMnist());
  const { model, data: learnt } = configSchema.parse(parse(readFileSync(CNN, 'utf8')));
  const cnn = modelSpec(model as BuiltInModel);
  return [
    ...(await compare(
      '784-128-64-10',
      MLP,
      { batch: 100, perTurn: 100, engines: ['tfjs-node', 'tfjs-wasm'] },
      data,
    )),
    ...(await compare(
      'the convolutional net',
      cnn,
      { batch: learnt.batchSize, perTurn: 6, engines: ['tfjs-node'] },
      data,
    )),
  ];
}

async function compare(
  title: string,
  model: ModelSpec,
  { batch, perTurn, engines }: { batch: number; perTurn: number; engines: EngineName[] },
  data: PlacedDataset,
): Promise<Figure[]> {
  const timed = new Map<
    EngineName,
    { step: () => Promise<number>; times: number[]; close: () => void }
  >();
  for (const engine of ['reference', ...engines] as const) {
    try {
      const opened = await openEngine(kernels(), { engine, model, data });
      const step = stepper(opened, model, batch);
      for (let count = 0; count < WARM_UP; count += 1) await step();
      timed.set(engine, { step, times: [], close: () => opened.close?.() });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const { step, times } of timed.values()) {
      for (let count = 0; count < perTurn; count += 1) times.push(await step());
    }
  }
  for (const { close } of timed.values()) close();
  const ours = timed.get('reference')!.times;
  const name = `one gradient of ${title}, batch ${batch}, one thread`;
  const value = median(ours);
  const others = [...timed].filter(([engine]) => engine !== 'reference');
  if (others.length === 0) {
    return [
      { name, value, unit: 'ms', note: 'no reference: .ci/build-tfjs-node.sh installs tfjs-node' },
    ];
  }
  return others.map(([engine, { times }]) => ({
    name,
    value,
    unit: 'ms',
    reference: `${engine}: ${median(times).toFixed(2)} ms`,
    ratio: value / median(times),
    target: 'ratio at most 3',
    note: `medians; ratio of the minimums ${(Math.min(...ours) / Math.min(...times)).toFixed(2)}`,
  }));
}

/** Takes a step of learning; returns the milliseconds that its gradient took. */
function stepper(engine: Engine, model: ModelSpec, batch: number): () => Promise<number> {
  const { arena, run } = kernels();
  const theta = arena.vector(engine.dimension);
  theta.set(initialiseParameters(model, openStream(1, 'bench/parameters')));
  const out = arena.vector(engine.dimension);
  const random = openStream(1, 'bench/batches');
  let steps = 0;
  return async () => {
    const items = Uint32Array.from({ length: batch }, () => random.integer(50_000));
    steps += 1;
    const randomOf = (layer: string) => streamState(1, `bench/${steps}/${layer}`);
    const start = performance.now();
    await engine.gradient(theta, items, out, randomOf);
    const time = performance.now() - start;
    const { byteOffset } = theta;
    run.addScaled(byteOffset, byteOffset, out.byteOffset, -RATE / batch, engine.dimension);
    return time;
  };
}
