import { z } from 'zod';
import { optimiserSchema } from './optimiser.ts';
import { atLeastOne, positive } from './scalars.ts';

const averaging = {
  merges: z
    .union([atLeastOne, z.array(atLeastOne)])
    .default(1)
    .describe(
      'kappa2: merges of a server between two of its pushes; a list is for levels from the workers up',
    ),
  rounds: atLeastOne.describe('merges at the cloud'),
};

export const roundsSchema = z
  .union([
    z.strictObject({
      mode: z
        .literal('synchronous')
        .default('synchronous')
        .describe('every round waits for its results and uses gradients of its own version alone'),
    }),
    z.strictObject({
      mode: z
        .literal('asynchronous')
        .describe('servers collect on and workers go on with the newest model that they have'),
      recipients: z
        .enum(['contributors', 'all'])
        .default('contributors')
        .describe(
          'which servers the cloud sends a new model to: those whose results are in it, or all',
        ),
    }),
    z.strictObject({
      mode: z
        .literal('partially-asynchronous')
        .describe('the same below a cloud that has rounds, with a quorum, a timeout and a bound'),
      maximumStaleness: atLeastOne
        .default(4)
        .describe(
          'tau: older gradients are dropped, and no worker runs further ahead of the slowest one in range',
        ),
      late: z
        .enum(['use', 'drop'])
        .default('use')
        .describe(
          'use of results sent before the newest version at the cloud: they count for the next one, or are dropped',
        ),
    }),
    z.strictObject({
      mode: z
        .literal('hierarchical')
        .describe('a tree of models: every node has one of its own (docs/edge-hierarchy.md)'),
      pace: z
        .enum(['free', 'synchronous'])
        .default('free')
        .describe('whether a node that asked for a model goes on with its own until it comes'),
      averaging: z
        .union([
          z.strictObject({
            localSteps: atLeastOne.describe('kappa1: steps of a worker between two of its pushes'),
            ...averaging,
          }),
          z.strictObject({
            localEpochs: atLeastOne.describe('the same as times that it goes through its share'),
            ...averaging,
          }),
        ])
        .optional()
        .describe('hierarchical federated averaging: windows, triggers and weights follow from it'),
      rootLearningRate: positive
        .default(1)
        .describe('by what the root multiplies a merged change before it adds it'),
      rootOptimiser: optimiserSchema
        .prefault({ name: 'sgd' })
        .describe('how the root takes a merged change, negated as a gradient, into its model'),
      bytesPerParameter: atLeastOne
        .default(4)
        .describe('bytes of one parameter in a vector on a link'),
      retryS: positive
        .default(10)
        .describe('when a node asks again for a model that does not come'),
    }),
  ])
  .prefault({})
  .describe(
    'synchronous (every round waits for its results), asynchronous (no node waits for another), or partially asynchronous (a quorum, a timeout and a bound on staleness)',
  );
