import { z } from 'zod';
import { asAll, atLeastOne, otherwise, positive, share } from './scalars.ts';

const queueSchema = z.strictObject({
  length: atLeastOne.default(1_000_000).describe('windows that may wait while a worker trains'),
  full: z
    .enum(['drop-oldest', 'skip'])
    .default('drop-oldest')
    .describe('which one goes when one more comes: the one that waits longest, or the new one'),
});

/** A window is in memory, at the worker and, drawn in advance, at its sensors. */
const itemsOfWindow = atLeastOne.max(10_000_000);

const ownWindowsSchema = z.strictObject({
  everyS: asAll(positive.optional().describe('seconds of a window')),
  items: asAll(itemsOfWindow.optional().describe('or items of a window')),
  count: asAll(atLeastOne.optional().describe('number of its windows')),
  queue: asAll(queueSchema.optional().describe('windows that may wait')),
});

export const windowsSchema = z
  .strictObject({
    everyS: positive.optional().describe('a window holds the items of this many seconds'),
    items: otherwise(
      "without sensors all items of the worker's share",
      itemsOfWindow.optional().describe('or a window holds this many items'),
    ),
    count: atLeastOne.default(20).describe('windows of each worker'),
    epochs: atLeastOne.default(1).describe('times that a worker goes through a window'),
    queue: queueSchema.prefault({}),
    workers: z
      .record(z.string(), ownWindowsSchema)
      .default({})
      .describe('by name of a worker: where its windows are others'),
  })
  .describe('items that workers with models of their own train on, one window after another');

const labelsSchema = z.array(share).min(2);

const arrivals = {
  itemsPerS: positive.default(4).describe('items a second, on average'),
  process: z
    .enum(['fixed', 'poisson'])
    .default('fixed')
    .describe('one after another at equal distances, or at random'),
};

const sensorSchema = z.strictObject({
  id: z.string().min(1).describe('names its random stream, and its topic'),
  worker: z.string().describe('whose windows its items go to'),
  ...arrivals,
  timesS: z
    .array(z.number().min(0))
    .min(1)
    .optional()
    .describe('instead of a rate: when its items come, in rising order'),
  labels: labelsSchema
    .optional()
    .describe('by class: the probability that an item is of it; left out: as in the train split'),
});

const source = {
  source: z
    .union([
      z.literal('built-in'),
      z.strictObject({
        file: z
          .string()
          .min(1)
          .describe('JSON lines of sensor, sequence, timeUs, item: `edgemlsim sensors` writes it'),
      }),
      z.strictObject({
        kafka: z.array(z.string().regex(/^[^\s:]+:\d+$/, 'expected host:port')).min(1),
      }),
    ])
    .default('built-in')
    .describe(
      'where their items come from: drawn at random, replayed from a file, or read from topics of their ids at Kafka brokers (host:port)',
    ),
};

export const sensorsSchema = z
  .union([
    z.array(sensorSchema).min(1),
    z.strictObject({ list: z.array(sensorSchema).min(1), ...source }),
    z.strictObject({
      count: atLeastOne.describe(
        'sensors 0, 1, …; number s belongs to worker s modulo the workers',
      ),
      ...arrivals,
      mainLabelShare: share
        .default(1)
        .describe('share of the class s modulo the classes; the others share the rest equally'),
      ...source,
    }),
  ])
  .describe('sources of the items of workers, drawn with replacement from the train split');
