import { z } from 'zod';
import { count } from './scalars.ts';

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
      maximumStaleness: count
        .default(4)
        .describe(
          'tau: older gradients are dropped, and no worker runs further ahead of the slowest one in range',
        ),
      late: z
        .enum(['use', 'drop'])
        .default('use')
        .describe(
          'what was sent before the newest version at the cloud counts for the next one, or is dropped',
        ),
    }),
  ])
  .prefault({})
  .describe(
    'synchronous (every round waits for its results), asynchronous (no node waits for another), or partially asynchronous (a quorum, a timeout and a bound on staleness)',
  );
