import { z } from 'zod';
import { positive } from './scalars.ts';

const backhaulSchema = z.strictObject({
  id: z.string().min(1).describe('named by `link.backhaul`'),
  bandwidthMbps: positive.describe('megabits a second, each way'),
  sharing: z
    .enum(['processor', 'fifo'])
    .default('processor')
    .describe(
      'processor: each of n messages in one direction at an n-th; fifo: one after the other',
    ),
});

export const backhaulsSchema = z
  .array(backhaulSchema)
  .default([])
  .describe('links to servers above that several servers share (docs/capacity.md)');
