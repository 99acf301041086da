import { z } from 'zod';
import { optimiserSchema } from './optimiser.ts';
import { atLeastOne, positive } from './scalars.ts';

export const trainingSchema = z
  .strictObject({
    learningRate: z
      .union([positive, z.string()])
      .default(0.001)
      .describe(
        'eta: a number, or an expression of round (updates of the model before this one, from 0; in a tree each worker updates a model of its own), epoch and time (seconds)',
      ),
    optimiser: optimiserSchema
      .prefault({ name: 'sgd' })
      .describe('how the cloud turns g, what it combined, into a step'),
    gradient: z.enum(['sum', 'mean']).default('sum').describe("over the batch's items"),
    combine: z
      .enum(['sum', 'mean'])
      .default('sum')
      .describe('over the results that reach the cloud'),
    epochs: positive.default(20).describe('number of epochs after which the run ends'),
    gradientsPerEpoch: atLeastOne
      .default(500)
      .describe('gradients of one epoch; `epoch` is rounded down: 0 during the first one'),
    countedGradients: z
      .enum(['aggregated', 'started'])
      .default('aggregated')
      .describe(
        'which gradients epochs and evaluation.everyGradients count: those in results that the cloud has aggregated, or those that workers have started',
      ),
    maximumRounds: atLeastOne.optional().describe('number of rounds after which the run ends'),
    maximumTimeS: positive
      .optional()
      .describe('seconds of simulation time after which the run ends'),
  })
  .prefault({});

export const evaluationSchema = z
  .strictObject({
    everyGradients: atLeastOne.default(500).describe('counted gradients between evaluations'),
    everyS: positive
      .optional()
      .describe('in a tree of models: seconds of simulation time between evaluations'),
    nodes: z
      .enum(['all', 'servers', 'cloud'])
      .default('all')
      .describe('in a tree of models: whose models are measured'),
    split: z.enum(['test', 'validation']).default('test').describe('the items to measure on'),
  })
  .prefault({});
