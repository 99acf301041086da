import { z } from 'zod';
import { durationSchema, positive, share } from './scalars.ts';

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
