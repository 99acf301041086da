import { describe, expect, test } from 'vitest';
import { chooseEngine } from '#src/learning/choose-engine.js';
import type { Dataset, Split } from '#src/learning/dataset.js';
import type { LayersSpec, OwnModelSpec } from '#src/learning/engine.js';
import { openEngine } from '#src/learning/open-engine.js';
import { placeDataset } from '#src/learning/placed-dataset.js';
import { layoutOfOwnModel } from '#src/learning/tfjs/own-layout.js';
import { openStream, streamState } from '#src/simulation/random.js';
import { bound, place } from '../../kernels/bits.ts';
import { float64, plainLayersGradient } from '../plain-layers.ts';
import { ownModel } from './model-files.ts';

const FEATURES = 6;
const CLASSES = 3;
const sizes = { name: 'random', features: FEATURES, classes: CLASSES, outputs: CLASSES };

const random = openStream(3, 'own model');
const train: Split = {
  items: 8,
  inputs: Float32Array.from({ length: 8 * FEATURES }, () => random.float() - 0.3),
  targets: Uint8Array.from({ length: 8 }, (_, item) => item % CLASSES),
  scale: 1,
};
const splits = { train, validation: train, test: train };
const data = placeDataset(bound, { ...sizes, sha256: '', splits } satisfies Dataset);

const TWO_LAYERS = `({ tf, inputs, classes }) => tf.sequential({ layers: [
  tf.layers.dense({ inputShape: [inputs], units: 5, activation: 'tanh' }),
  tf.layers.dense({ units: classes }),
] })`;
/** The same in the words of the built-in kinds: its parameters lie alike. */
const SAME: LayersSpec = {
  kind: 'layers',
  input: [FEATURES],
  layers: [{ kind: 'dense', units: 5 }, { kind: 'tanh' }, { kind: 'dense', units: CLASSES }],
  loss: 'cross-entropy',
  initialisation: 'xavier-uniform',
};

const layout = (spec: OwnModelSpec) => layoutOfOwnModel(spec, sizes);
const ITEMS = Uint32Array.of(4, 0, 7, 0);
const randomOf = (name: string) => (layer: string) => streamState(1, `${name}/${layer}`);

async function gradientOf(spec: OwnModelSpec, name = 'randomOf') {
  const { initial } = await layout(spec);
  const theta = place(initial());
  const out = place(new Float32Array(theta.length));
  const engine = await openEngine(bound, { engine: 'tfjs-cpu', model: spec, data });
  const loss = await engine.gradient(theta, ITEMS, out, randomOf(name));
  const evaluation = await engine.evaluate(theta, 'test', 0, 8);
  return { theta, out, loss, evaluation };
}

const rows = (items: readonly number[] | Uint32Array) => ({
  inputs: Array.from(items, (item) =>
    (train.inputs as Float32Array).subarray(item * FEATURES, (item + 1) * FEATURES),
  ),
  labels: Array.from(items, (item) => train.targets[item]!),
  randomOf: null,
});

describe('a model of the user’s', () => {
  const mean = '(t, y) => y.logSoftmax().mul(t).sum(1).neg().mean()';
  const each = '(t, y) => y.logSoftmax().mul(t).sum(1).neg()';
  const column = '(t, y) => y.logSoftmax().mul(t).sum(1, true).neg()';
  test.each([
    ['by name', `export default ${TWO_LAYERS}; export const loss = 'cross-entropy';`],
    ['an item', `export default ${TWO_LAYERS}; export const loss = ${each};`],
    ['an item, in a column', `export default ${TWO_LAYERS}; export const loss = ${column};`],
    ['of the mean', `export default ${TWO_LAYERS}; export const loss = ${mean};`],
    [
      'of a promised model',
      `export default async (context) => (${TWO_LAYERS})(context); export const loss = ${mean};`,
    ],
    [
      'of a finished model',
      `import * as tf from '@tensorflow/tfjs';
       export default (${TWO_LAYERS})({ tf, inputs: 6, classes: 3 });
       export const loss = (t, y) => tf.losses.softmaxCrossEntropy(t, y);`,
    ],
  ])('with a loss %s has the gradient of the plain loops in float64', async (_, text) => {
    const { theta, out, loss, evaluation } = await gradientOf(ownModel(text));
    const expected = plainLayersGradient(SAME, theta, rows(ITEMS), float64);
    expect(theta.some((value) => value !== 0)).toBe(true);
    expect(Math.abs(loss - expected.loss)).toBeLessThan(1e-5);
    for (const [i, value] of expected.gradient.entries()) {
      expect(Math.abs(out[i]! - value)).toBeLessThan(1e-5);
    }
    const all = plainLayersGradient(SAME, theta, rows([...train.targets.keys()]), float64);
    expect(Math.abs(evaluation.lossSum - all.loss)).toBeLessThan(1e-4);
    const confusion = new Uint32Array(9);
    for (const [item, row] of all.outputs.entries()) {
      confusion[train.targets[item]! * 3 + row.indexOf(Math.max(...row))]! += 1;
    }
    expect(evaluation).toMatchObject({ confusion });
  });

  test('in TypeScript gets its options', async () => {
    const text = `import type { ModelContext } from 'edgemlsim/models';
      export default ({ tf, inputs, classes, options }: ModelContext) => tf.sequential({ layers: [
        tf.layers.dense({ inputShape: [inputs], units: options.hidden as number }),
        tf.layers.dense({ units: classes }),
      ] });
      export const loss: string = 'squared';`;
    const spec = ownModel(text, { options: { hidden: 4 }, extension: 'ts' });
    expect((await layout(spec)).initial()).toHaveLength(6 * 4 + 4 + 4 * 3 + 3);
  });

  test('starts from numbers that depend on its file and the seed alone', async () => {
    const text = `export default ${TWO_LAYERS}; export const loss = 'squared';`;
    const first = (await layout(ownModel(text))).initial();
    expect((await layout(ownModel(text))).initial()).toEqual(first);
    expect((await layout(ownModel(text, { seed: 2 }))).initial()).not.toEqual(first);
    const both = await Promise.all([layout(ownModel(text)), layout(ownModel(text))]);
    expect(both.map(({ initial }) => initial())).toEqual([first, first]);
  });

  test('has parameters that are named by layer and weight, whichever model was made before', async () => {
    const text = `export default ({ tf }) => tf.sequential({ layers: [
        tf.layers.reshape({ inputShape: [6], targetShape: [3, 2] }),
        tf.layers.lstm({ units: 2 }),
        tf.layers.layerNormalization(),
        tf.layers.dense({ units: 4, name: 'hidden', trainable: false }),
        tf.layers.dense({ units: 4, useBias: false }),
        tf.layers.dense({ units: 3 }),
      ] });
      export const loss = 'cross-entropy';`;
    const expected = [
      ['lstm-1/kernel', 'weights', 2 * 8],
      ['lstm-1/recurrent_kernel', 'weights', 2 * 8],
      ['lstm-1/bias', 'biases', 8],
      ['layer-normalization-1/gamma', 'weights', 2],
      ['layer-normalization-1/beta', 'biases', 2],
      ['dense-2/kernel', 'weights', 4 * 4],
      ['dense-3/kernel', 'weights', 4 * 3],
      ['dense-3/bias', 'biases', 3],
    ];
    for (let again = 0; again < 2; again += 1) {
      const { parameters } = await layout(ownModel(text));
      expect(parameters.map(({ name, kind, length }) => [name, kind, length])).toEqual(expected);
      const ends = parameters.map(({ offset, length }) => offset + length);
      expect(parameters.map(({ offset }) => offset)).toEqual([0, ...ends.slice(0, -1)]);
    }
  });

  test('drops other numbers for other random numbers, and the same for the same', async () => {
    const text = `export default ({ tf }) => tf.sequential({ layers: [
        tf.layers.dropout({ inputShape: [6], rate: 0.5 }),
        tf.layers.dense({ units: 3 }),
      ] });
      export const loss = 'squared';`;
    const first = await gradientOf(ownModel(text), 'one');
    expect((await gradientOf(ownModel(text), 'one')).out).toEqual(first.out);
    const other = await gradientOf(ownModel(text), 'two');
    expect(other.out).not.toEqual(first.out);
    expect(other.evaluation).toEqual(first.evaluation);
    // A weight's gradient is 0 where its input was dropped in every item of the batch.
    const zeros = first.out.subarray(0, 18).filter((value) => value === 0).length;
    expect(zeros % 3).toBe(0);
  });

  test('counts its regularisers once for every item', async () => {
    // The loss is 0 whatever comes out: what is left is 4 items times the derivative of 0.5 w^2.
    const text = `export default ({ tf }) => tf.sequential({ layers: [
        tf.layers.dense({ inputShape: [6], units: 3, kernelRegularizer: tf.regularizers.l2({ l2: 0.5 }) }),
      ] });
      export const loss = (t, y) => y.sub(y).sum(1);`;
    const { theta, out, loss, evaluation } = await gradientOf(ownModel(text));
    for (let i = 0; i < 18; i += 1) expect(out[i]).toBeCloseTo(4 * theta[i]!, 5);
    const squares = theta.subarray(0, 18).reduce((sum, value) => sum + value ** 2, 0);
    expect(loss).toBeCloseTo(4 * 0.5 * squares, 4);
    expect(evaluation.lossSum).toBe(0);
  });
});

describe('a file that holds no model that fits', () => {
  const sequential = (layers: string) => `({ tf }) => tf.sequential({ layers: [${layers}] })`;
  const dense = (more: string) => `tf.layers.dense({ inputShape: [6], units: 3, ${more} })`;
  const withLoss = (model: string, loss = "'squared'") =>
    `export default ${model}; export const loss = ${loss};`;
  test.each([
    ['nothing', '', /exports as default or as `model` is undefined, no model/],
    ['a number', 'export default 5;', /exports as default or as `model` is a number, no model/],
    ['another function', withLoss('() => [1]'), /the function returned a Array, no LayersModel/],
    ['a function that throws', withLoss('() => { throw new Error("why") }'), /failed: why/],
    ['a broken file', 'export default (', /the model file does not load/],
    ['no loss', `export default ${sequential(dense(''))};`, /no loss/],
    ['a loss of no known name', withLoss(sequential(dense('')), "'sqared'"), /mean "squared"/],
    ['a loss that is a number', withLoss(sequential(dense('')), '5'), /the loss is a number/],
    [
      'a softmax too many',
      withLoss(sequential(dense("activation: 'softmax'")), "'cross-entropy'"),
      /takes logits/,
    ],
    [
      'other inputs',
      withLoss(sequential('tf.layers.dense({ inputShape: [5], units: 3 })')),
      /\[5\]/,
    ],
    [
      'other outputs',
      withLoss(sequential('tf.layers.dense({ inputShape: [6], units: 2 })')),
      /\[2\]/,
    ],
    ['no inputs yet', withLoss(sequential('tf.layers.dense({ units: 3 })')), /inputShape/],
    ['nothing to learn', withLoss(sequential(dense('trainable: false'))), /nothing to learn/],
    [
      'statistics of its own',
      withLoss(sequential(`${dense('')}, tf.layers.batchNormalization()`)),
      /training changes .*moving_mean, which is no parameter/,
    ],
    [
      'two outputs',
      withLoss(`({ tf }) => { const x = tf.input({ shape: [6] }); const d = () =>
        tf.layers.dense({ units: 3 }).apply(x); return tf.model({ inputs: x, outputs: [d(), d()] }); }`),
      /1 inputs and 2 outputs/,
    ],
  ])('is reported: %s', async (_, text, message) => {
    await expect(layout(ownModel(text))).rejects.toThrow(message);
    await expect(layout(ownModel(text))).rejects.toMatchObject({ name: 'InputError' });
  });

  test('is refused with another hash', async () => {
    const spec = ownModel(withLoss(sequential(dense(''))));
    await expect(layout({ ...spec, sha256: '00' })).rejects.toThrow(/is not the one/);
  });
});

describe('a loss that cannot be learnt from', () => {
  const model =
    '({ tf }) => tf.sequential({ layers: [tf.layers.dense({ inputShape: [6], units: 3 })] })';
  test.each([
    [
      'passes no gradient on',
      '(t, y) => y.argMax(1).toFloat()',
      /gradient of the first 2 items is 0/,
    ],
    ['has no gradient', '(t, y) => y.cumprod(1).sum(1)', /gradient function not found for Cumprod/],
    ['depends on nothing', '(t, y) => t.sum(1)', /any variable|depend/],
    [
      'is not finite',
      '(t, y) => y.sub(y).log().sum(1)',
      /the loss of the first 2 items is -Infinity/,
    ],
    ['is NaN', '(t, y) => y.sub(y).div(0).sum(1)', /the loss of the first 2 items is NaN/],
    ['has another shape', '(t, y) => y', /the loss of 2 items has the shape \[2, 3\]/],
    ['is no tensor', '() => 5', /the loss is a number/],
    ['throws', '() => { throw new Error("no such thing") }', /no such thing/],
  ])('because it %s ends the run before it begins', async (_, loss, message) => {
    const spec = ownModel(`export default ${model}; export const loss = ${loss};`);
    const theta = (await layout(spec)).initial();
    const trial = { model: spec, data, theta };
    for (const engine of ['tfjs-cpu', 'tfjs-wasm'] as const) {
      const choice = chooseEngine(engine, bound, trial);
      await expect(choice).rejects.toThrow(message);
      await expect(choice).rejects.toMatchObject({ name: 'InputError' });
    }
  });
});
