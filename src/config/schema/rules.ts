import { z } from 'zod';
import { atLeastOne, positive, ruleOptions, tensors, whole } from './scalars.ts';

const ruleSchema = z.strictObject({
  rule: z.string().describe('a built-in rule (docs/rules.md), or the path of your own file'),
  options: ruleOptions.describe("the rule's own options"),
});

/** Settings of all rules of the user's own. */
export const ownRulesSchema = z
  .strictObject({
    timeLimitS: positive
      .max(86_400)
      .default(60)
      .describe(
        'wall time after which a call of a file of your own, or its loading, is broken off: the run fails',
      ),
  })
  .prefault({})
  .describe('of rules and attacks in files of your own (docs/own-rule.md)');

export const aggregateSchema = z
  .strictObject({
    rule: z
      .string()
      .default('mean')
      .describe('a built-in aggregator (docs/rules.md), or the path of your own file'),
    options: ruleOptions.describe("the rule's own options"),
    f: whole.default(0).describe('declared number of Byzantine vectors in one aggregation'),
    parameters: tensors.describe(
      'the tensors that the rule and what is before it are for: all, a kind, or names; the mean elsewhere',
    ),
    before: z.array(ruleSchema).default([]).describe('pre-aggregators, applied in this order'),
    weights: z
      .enum(['equal', 'gradients', 'items'])
      .default('equal')
      .describe(
        'weight of each vector, for rules that look at it (mean): the same, the gradients in it, or in a tree of models the items that it was trained on',
      ),
    reference: z
      .strictObject({
        items: atLeastOne.default(100).describe('number of items, drawn once for each server'),
      })
      .optional()
      .describe(
        'the server trusts its own gradient, of its newest model, on train items of its own',
      ),
    stalenessWeight: z
      .strictObject({
        rule: z
          .string()
          .default('constant')
          .describe('constant, hinge, polynomial, buffered, or the path of your own file'),
        options: ruleOptions.describe("the rule's own options"),
      })
      .prefault({})
      .describe('by what a vector is multiplied that is some versions behind'),
    tooFew: z
      .union([
        z.enum(['skip', 'wait']),
        z.strictObject({
          fallback: ruleSchema.describe(
            'an aggregator that needs fewer vectors, with the same f, without pre-aggregators',
          ),
        }),
      ])
      .default('skip')
      .describe(
        'when too few finite vectors are left: no result, collect on until the deadline, or another rule',
      ),
  })
  .prefault({});
