import { z } from 'zod';
import { attackSchema } from './attack.ts';
import { capacitySchema } from './capacity.ts';
import { exchangeKeys } from './exchange.ts';
import { linkSchema, ownLinkKeys, serverLinkSchema } from './link.ts';
import { resourceKeys } from './resources.ts';
import { aggregateSchema } from './rules.ts';
import {
  asAll,
  atLeastOne,
  durationSchema,
  float32,
  otherwise,
  positive,
  ruleOptions,
  share,
} from './scalars.ts';

const collectSchema = z.union([
  z.literal('all').describe('one result from every child server'),
  z
    .literal('each')
    .describe('in a tree of models: each update by itself, counted 1 / active children'),
  z.strictObject({
    count: atLeastOne.describe(
      'exactly this many vectors, the first to arrive; later ones wait for the next aggregation',
    ),
    from: otherwise(
      'any for workers, each for servers',
      z
        .enum(['any', 'each'])
        .optional()
        .describe(
          'any: counts vectors (workers); each: counts senders (servers), and takes all that came until the last of them',
        ),
    ),
    maxPerWorker: atLeastOne.optional().describe('maximum vectors per worker in one aggregation'),
  }),
  z.strictObject({
    buffers: atLeastOne.describe(
      'at least one vector in each of this many buffers; a sender of number s fills buffer s mod buffers',
    ),
    maxPerWorker: atLeastOne.optional().describe('maximum vectors per worker in one aggregation'),
  }),
  z.strictObject({
    fraction: share.describe('this share of the workers in range when the round opens, at least 1'),
    maxPerWorker: atLeastOne.optional().describe('maximum vectors per worker in one aggregation'),
  }),
]);

export const serverLayerSchema = z.strictObject({
  collect: otherwise(
    'by its place and rounds.mode (docs/round-modes.md)',
    collectSchema.optional().describe('when a server of this layer closes an aggregation'),
  ),
  deadlineS: otherwise(
    'by its place and rounds.mode (docs/round-modes.md)',
    positive
      .nullable()
      .optional()
      .describe(
        'seconds after which it closes with what it has; null: it waits without a deadline',
      ),
  ),
  aggregate: aggregateSchema,
  aggregationMsPerVector: z.number().min(0).default(0).describe('time to aggregate, per vector'),
  model: z
    .enum(['replica', 'relay'])
    .default('replica')
    .describe('in a tree of models: a server has one of its own, or passes on what it merges'),
  participants: z
    .union([
      z.literal('all'),
      z.strictObject({ share: share.describe('a random share of the children, at least one') }),
      z.strictObject({ count: atLeastOne.describe('this number of children, drawn at random') }),
      z.strictObject({ fastest: atLeastOne.describe('the number of those that answered fastest') }),
      z.strictObject({
        rule: z.string().describe('a built-in rule of participants, or the path of your own file'),
        options: ruleOptions.describe("the rule's own options"),
      }),
    ])
    .default('all')
    .describe('in a tree of models: which children take part in a round of a server'),
  down: z
    .enum(['pull', 'push'])
    .default('pull')
    .describe('in a tree of models: children ask for its model, or get each that it receives'),
  ...exchangeKeys,
  ...resourceKeys,
  attack: attackSchema.optional(),
  capacity: capacitySchema,
  link: serverLinkSchema,
});

const workerTrainingSchema = z
  .strictObject({
    momentum: z
      .strictObject({
        beta: z.number().min(0).max(0.9999).describe('b: share of its memory that it keeps'),
        form: z
          .enum(['dampened', 'undampened'])
          .default('dampened')
          .describe('m <- b m + (1 - b) g, or m <- b m + g'),
      })
      .optional()
      .describe('a worker sends m instead of its gradient g'),
    localSteps: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(1)
      .describe(
        'k: number of steps that it makes on its own before it sends (theta - theta_k) / eta',
      ),
    localLearningRate: otherwise(
      'as training.learningRate',
      z.union([positive, z.string()]).optional().describe('eta of its own steps'),
    ),
    sends: z
      .enum(['change', 'gradient'])
      .default('change')
      .describe(
        'in a tree of models: how far its model came, or the gradient of each window as one batch, for a rate that only the root applies',
      ),
    clipNorm: positive.optional().describe("longest norm of a batch's gradient"),
    weightDecay: float32.default(0).describe('lambda: g <- g + lambda theta'),
  })
  .prefault({});

export const workerLayerSchema = z.strictObject({
  gradientS: durationSchema.default(1).describe('time to compute one gradient'),
  gradientSByKind: z
    .partialRecord(z.enum(['car', 'pedestrian', 'container']), durationSchema)
    .default({})
    .describe('the same for one kind of worker'),
  training: workerTrainingSchema.describe('how a worker makes what it sends of its gradients'),
  speedMflops: positive
    .default(1000)
    .describe('in a tree of models: million operations a second while it trains'),
  ...exchangeKeys,
  pullAt: z
    .enum(['due', 'next-window'])
    .default('due')
    .describe(
      'in a tree of models: a model whose pull is due is asked for at once, or lazily, once the next window is there, which waits for it',
    ),
  ...resourceKeys,
  departure: z
    .enum(['drop', 'carry', 'wait'])
    .default('drop')
    .describe(
      'a gradient, or a change of a model, that is unsent when its worker leaves the range is dropped, carried to the next server, or waits for the same one',
    ),
  attack: attackSchema.optional(),
  link: linkSchema,
  nodes: z
    .record(
      z.string(),
      z.strictObject({
        speedMflops: asAll(positive.optional().describe('million operations a second')),
        memoryMb: asAll(positive.optional().describe('memory in MB of 10^6 bytes')),
        link: z.strictObject(ownLinkKeys).optional().describe('its link to its server'),
      }),
    )
    .default({})
    .describe('by name of a worker: where it differs from the others'),
});
