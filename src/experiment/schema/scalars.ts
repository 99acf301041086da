import { z } from 'zod';

export const positive = z.number().positive();
export const share = z.number().min(0).max(1);
export const whole = z.number().int().min(0);
export const count = z.number().int().min(1);

export const durationSchema = z
  .union([
    positive.describe('always so many seconds'),
    z.strictObject({ distribution: z.literal('uniform'), fromS: positive, toS: positive }),
    z.strictObject({
      distribution: z.literal('normal'),
      meanS: positive,
      deviationS: z.number().min(0),
      minimumS: positive.default(0.001),
    }),
    z.strictObject({ distribution: z.literal('exponential'), meanS: positive }),
    z.strictObject({
      distribution: z.literal('lognormal'),
      medianS: positive,
      sigma: z.number().min(0),
    }),
  ])
  .describe('seconds, or a named distribution of seconds');

/** Tensors of the model. */
export const tensors = z
  .union([z.enum(['all', 'weights', 'biases']), z.array(z.string()).min(1)])
  .default('all');

export const ruleOptions = z.record(z.string(), z.unknown()).default({});
