import { z } from 'zod';
import { attackSchema } from './attack.ts';
import { linkSchema } from './link.ts';
import { aggregateSchema } from './rules.ts';
import { count, durationSchema, positive, share } from './scalars.ts';

const collectSchema = z.union([
  z.literal('all').describe('one result from every child server'),
  z.strictObject({
    count: count.describe('so many vectors'),
    from: z
      .enum(['any', 'each'])
      .optional()
      .describe(
        'any: several vectors of one sender count (workers); each: only those of different senders (servers)',
      ),
    maxPerWorker: count.optional().describe('at most so many of one worker in one aggregation'),
  }),
  z.strictObject({
    buffers: count.describe(
      'something in each of so many buffers; a sender of number s fills buffer s mod buffers',
    ),
    maxPerWorker: count.optional().describe('at most so many of one worker in one aggregation'),
  }),
  z.strictObject({
    fraction: share.describe(
      'such a share of the workers in range when the round opens, at least 1',
    ),
    maxPerWorker: count.optional().describe('at most so many of one worker in one aggregation'),
  }),
]);

export const serverLayerSchema = z.strictObject({
  collect: collectSchema.optional().describe('when a server of this layer closes an aggregation'),
  deadlineS: positive.optional().describe('seconds after which it closes with what it has'),
  aggregate: aggregateSchema,
  aggregationMsPerVector: z.number().min(0).default(0).describe('time to aggregate, per vector'),
  attack: attackSchema.optional(),
  link: linkSchema,
});

export const workerLayerSchema = z.strictObject({
  gradientS: durationSchema.default(1).describe('time to compute one gradient'),
  gradientSByKind: z
    .partialRecord(z.enum(['car', 'pedestrian', 'container']), durationSchema)
    .default({})
    .describe('the same for one kind of worker'),
  departure: z
    .enum(['drop', 'carry', 'wait'])
    .default('drop')
    .describe(
      'a gradient unsent when its worker leaves the range is dropped, carried to the next server, or waits for the same one',
    ),
  attack: attackSchema.optional(),
  link: linkSchema,
});
