import { z } from 'zod';
import { atLeastOne, otherwise } from './scalars.ts';

const initSchema = z
  .string()
  .default('xavier-uniform')
  .describe(
    'xavier-uniform, xavier-normal, he-normal, standard-normal, or a .safetensors file to start from',
  );

const poolSizes = {
  size: atLeastOne.describe('rows and columns of the window'),
  stride: otherwise('as size', atLeastOne.optional().describe('from one window to the next')),
};

const layerSchema = z.union([
  z.strictObject({
    kind: z.literal('conv2d'),
    filters: atLeastOne.describe('weighted sums of each window'),
    size: atLeastOne.describe('rows and columns of the window'),
    stride: atLeastOne.default(1).describe('from one window to the next'),
    padding: z
      .enum(['valid', 'same'])
      .default('valid')
      .describe('windows within the image, or zeros around it'),
  }),
  z.strictObject({ kind: z.literal('max-pool'), ...poolSizes }),
  z.strictObject({ kind: z.literal('average-pool'), ...poolSizes }),
  z.strictObject({ kind: z.literal('flatten') }),
  z.strictObject({
    kind: z.literal('dense'),
    units: atLeastOne.describe('numbers that come out'),
  }),
  z.strictObject({ kind: z.literal('relu') }),
  z.strictObject({ kind: z.literal('sigmoid') }),
  z.strictObject({ kind: z.literal('tanh') }),
  z.strictObject({
    kind: z.literal('dropout'),
    rate: z.number().min(0).max(0.99).describe('probability that a number is dropped'),
  }),
]);

const lossSchema = z
  .enum(['cross-entropy', 'squared'])
  .default('cross-entropy')
  .describe('of the softmax, or half the squared distance to the one-hot vector or the targets');

export const modelSchema = z
  .union([
    z.strictObject({
      kind: z.literal('mlp').default('mlp').describe('a multi-layer perceptron'),
      layers: z
        .array(atLeastOne)
        .min(2)
        .default([784, 128, 64, 10])
        .describe('widths, inputs to outputs'),
      activation: z.enum(['relu']).default('relu').describe('of the hidden layers'),
      loss: lossSchema,
      init: initSchema,
    }),
    z.strictObject({
      kind: z.literal('layers').describe('any layers, one after the other'),
      input: z
        .union([z.array(atLeastOne).length(1), z.array(atLeastOne).length(3)])
        .describe(
          'how the numbers of an item are arranged: [rows, columns, channels] or [numbers]',
        ),
      layers: z
        .array(layerSchema)
        .min(1)
        .describe('from the inputs to a number a class or a target'),
      loss: lossSchema,
      init: initSchema,
    }),
    z.strictObject({
      kind: z.literal('module').describe('your own, made with TensorFlow.js (docs/own-model.md)'),
      path: z.string().describe('the .js or .ts file that exports it, relative to this file'),
      options: z.record(z.string(), z.unknown()).default({}).describe("the model's own options"),
      init: z
        .string()
        .default('own')
        .describe("own: as the model's own initialisers say, or a .safetensors file to start from"),
    }),
  ])
  .prefault({})
  .describe('the model to train: a multi-layer perceptron, any layers, or your own');
