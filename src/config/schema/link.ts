import { z } from 'zod';
import { durationSchema, otherwise, positive, share } from './scalars.ts';

const bothWays = <Schema extends z.ZodType>(schema: Schema) => otherwise('as both ways', schema);

/** Keys that a direction of a link may have values of its own for. */
const directionSchema = z.strictObject({
  bandwidthMbps: bothWays(positive.optional().describe('megabits a second')),
  latencyMs: bothWays(z.number().min(0).optional().describe('milliseconds a message')),
  loss: bothWays(share.optional().describe('probability that a message is lost')),
});

const directions = {
  up: directionSchema.optional().describe('where messages to the layer above differ'),
  down: directionSchema.optional().describe('where messages from the layer above differ'),
};

const linkKeys = {
  bandwidthMbps: positive.default(20).describe('megabits a second, each message by itself'),
  latencyMs: z.number().min(0).default(20).describe('milliseconds a message, besides its bits'),
  loss: share.default(0).describe('probability that a message is lost'),
  maximumRetries: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(0)
    .describe('how often a message that is lost is sent again, at once'),
  duplication: share.default(0).describe('probability that one that is not lost arrives twice'),
  corruption: share
    .default(0)
    .describe("probability that one arrives damaged: its receiver's checksum shows it"),
  jitterS: durationSchema.optional().describe('extra delay of each message'),
  ...directions,
};

const asLayers = <Schema extends z.ZodType>(schema: Schema) => otherwise("as its layer's", schema);

/** Of the link of one node: what is said wins over its layer's. */
export const ownLinkKeys = {
  bandwidthMbps: asLayers(positive.optional().describe('megabits a second')),
  latencyMs: asLayers(z.number().min(0).optional().describe('milliseconds a message')),
  loss: asLayers(share.optional().describe('probability that a message is lost')),
  maximumRetries: asLayers(
    z.number().int().min(0).max(100).optional().describe('how often a lost one is sent again'),
  ),
  duplication: asLayers(
    share.optional().describe('probability that one that is not lost arrives twice'),
  ),
  corruption: asLayers(share.optional().describe('probability that one arrives damaged')),
  jitterS: asLayers(durationSchema.optional().describe('extra delay of each message')),
  ...directions,
};

const MEANING = 'the link to the layer above, both ways';

export const linkSchema = z.strictObject(linkKeys).prefault({}).describe(MEANING);

export const serverLinkSchema = z
  .strictObject({
    ...linkKeys,
    backhaul: z
      .string()
      .optional()
      .describe('one of `backhauls`, whose bandwidth its servers share instead'),
  })
  .prefault({})
  .describe(MEANING);
