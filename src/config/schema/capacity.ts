import { z } from 'zod';
import { atLeastOne, otherwise } from './scalars.ts';

export const capacitySchema = z
  .strictObject({
    sharing: z
      .enum(['none', 'processor', 'fifo'])
      .default('none')
      .describe(
        'none: each message is sent as if it were alone; processor: each of n in one direction at an n-th of its rate; fifo: one after the other',
      ),
    maximumWorkers: otherwise(
      'any number',
      atLeastOne.optional().describe('how many workers a server has at once'),
    ),
    whenFull: z
      .enum(['queue', 'refuse'])
      .default('queue')
      .describe(
        'a worker beyond maximumWorkers waits until another one leaves, or stays without a server until its association changes',
      ),
  })
  .prefault({})
  .describe('the channel that the workers of a server share (docs/capacity.md)');
