import { z } from 'zod';
import { float32 } from './scalars.ts';

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
]);
