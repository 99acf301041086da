import { z } from 'zod';
import { atLeastOne, positive } from './scalars.ts';

const triggerSchema = z
  .union([
    z.enum(['every-change', 'never']),
    z.strictObject({
      changes: atLeastOne.describe('number of windows or merges between exchanges'),
    }),
    z.strictObject({ everyS: positive.describe('at the first window or merge after so long') }),
  ])
  .describe('when: after every window or merge, after several, after a time, or never');

/** What a layer sends to the one above it, and gets from it, in a tree of models. */
export const exchangeKeys = {
  push: triggerSchema
    .default('every-change')
    .describe('when a node sends its change to the server above'),
  pull: triggerSchema
    .default('every-change')
    .describe('when a node asks the server above for its model'),
  unsent: z
    .enum(['keep', 'discard'])
    .default('keep')
    .describe('whether its unsent change stays on top of a model that comes'),
  flush: z
    .boolean()
    .default(true)
    .describe('whether it sends what is held back when its last window is done'),
};
