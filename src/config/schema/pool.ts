import { z } from 'zod';
import { whole } from './scalars.ts';

/** More on one machine only take its memory. */
const MOST_AGENTS = 64;

export const poolSchema = z
  .strictObject({
    agents: whole
      .max(MOST_AGENTS)
      .default(0)
      .describe(
        'processes of one thread that compute besides --threads; results do not depend on it',
      ),
    transport: z
      .enum(['tcp', 'websocket'])
      .default('tcp')
      .describe('transport of tasks and vectors'),
  })
  .prefault({})
  .describe('further processes that compute for world: virtual (docs/deploying.md)');
