import { z } from 'zod';
import { float32 } from './scalars.ts';

/** Of a mean: below 1, so that something new comes in. */
const share = z.number().min(0).max(0.999999);

export const optimiserSchema = z.union([
  z.strictObject({
    name: z.literal('sgd'),
    momentum: z
      .number()
      .min(0)
      .max(0.9999)
      .default(0)
      .describe('mu: v <- mu v + g, theta <- theta - eta v'),
    nesterov: z
      .boolean()
      .default(false)
      .describe('theta <- theta - eta (g + mu v); needs momentum'),
    weightDecay: float32.default(0).describe('lambda: g <- g + lambda theta'),
  }),
  z.strictObject({
    name: z
      .literal('adagrad')
      .describe('G <- G + g g, theta <- theta - eta g / (sqrt(G) + epsilon)'),
    epsilon: float32.min(1e-30).default(1e-10).describe('avoids a division by 0'),
    initialAccumulator: float32.default(0).describe('G before the first update'),
  }),
  z.strictObject({
    name: z
      .literal('adam')
      .describe('m, v: means of g and g g; theta <- theta - eta m / (sqrt(v) + epsilon)'),
    beta1: share.default(0.9).describe('m <- beta1 m + (1 - beta1) g'),
    beta2: share.default(0.999).describe('v <- beta2 v + (1 - beta2) g g'),
    epsilon: float32.min(1e-30).default(1e-8).describe('avoids a division by 0'),
    biasCorrection: z
      .boolean()
      .default(true)
      .describe('m / (1 - beta1^t) and v / (1 - beta2^t) at update t; false: FedAdam'),
    weightDecay: float32
      .default(0)
      .describe('lambda of AdamW: theta <- theta - eta lambda theta besides'),
  }),
]);
