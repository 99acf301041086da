import { z } from 'zod';
import { atLeastOne, positive, ruleOptions, share } from './scalars.ts';

/** One trigger: a short form, or a rule by name or path. */
const oneTrigger = [
  z.enum(['every-change', 'never', 'after-push']),
  z.strictObject({ changes: atLeastOne.describe('number of windows or merges between exchanges') }),
  z.strictObject({
    everyS: positive.describe('at the first window or merge after this many seconds'),
  }),
  z.strictObject({
    rule: z.string().describe('a built-in trigger (docs/rules.md), or the path of your own file'),
    options: ruleOptions.describe("the trigger's own options"),
  }),
] as const;

const triggerList = z.array(z.union(oneTrigger)).min(1);

const triggerSchema = z
  .union([
    ...oneTrigger,
    z.strictObject({ any: triggerList.describe('as soon as any of these is due') }),
    z.strictObject({ all: triggerList.describe('once all of these are due at one time') }),
  ])
  .describe(
    'when: after every window or merge, after several, after a time, by a rule, or never; of pulls also after every push',
  );

const encodingSchema = z
  .union([
    z.enum(['full', '8-bit']),
    z.strictObject({
      significant: positive.describe(
        'v0: the parameters that changed by more than v0 / sqrt(t) of themselves',
      ),
    }),
    z.strictObject({ topK: atLeastOne.describe('number of elements with the largest magnitude') }),
    z.strictObject({
      topShare: share.describe('the same as a share of all parameters, at least one element'),
    }),
  ])
  .describe('all parameters, some of them, or all in 8 bits each');

/** Keys of a layer's exchange with the one above it in a tree of models. */
export const exchangeKeys = {
  push: triggerSchema
    .default('every-change')
    .describe('when a node sends its change to the server above'),
  pull: triggerSchema
    .default('every-change')
    .describe('when a node asks the server above for its model'),
  encoding: z
    .strictObject({
      up: encodingSchema.default('full').describe('how a change travels to the server above'),
      down: encodingSchema
        .default('full')
        .describe("how that server's model travels back, as a difference to what the node has"),
    })
    .prefault({}),
  unsent: z
    .enum(['keep', 'discard'])
    .default('keep')
    .describe('whether its unsent change stays on top of a model that comes'),
  flush: z
    .boolean()
    .default(true)
    .describe('whether it sends what is held back when its last window is done'),
};
