import { z } from 'zod';
import { distinct, positive, ruleOptions, share, tensors, whole } from './scalars.ts';
import { siteSchema } from './servers.ts';

const byzantineSchema = z
  .strictObject({
    count: whole
      .optional()
      .describe('number of nodes (global, local) or of vectors (per-aggregation)'),
    fraction: share.optional().describe('this share of them, rounded to the nearest whole number'),
    ids: distinct(z.array(z.string())).optional().describe('exactly these nodes (scope global)'),
    scope: z
      .enum(['global', 'local', 'per-aggregation'])
      .default('global')
      .describe(
        'fixed nodes for the whole run, at any time a given number of those near each server, or drawn again among the vectors of each aggregation',
      ),
    kind: z
      .enum(['car', 'pedestrian', 'container'])
      .optional()
      .describe('only workers that are of this kind at the moment'),
    fromS: z
      .number()
      .min(0)
      .optional()
      .describe('seconds of simulation time at which the attack begins'),
    untilS: positive.optional().describe('seconds from which on they are honest again'),
    region: z
      .strictObject({
        site: siteSchema.describe('its middle'),
        rangeM: positive.describe('its radius in metres'),
      })
      .optional()
      .describe('only workers that are inside this circle at the moment'),
  })
  .describe('which nodes are Byzantine');

export const attackSchema = z
  .strictObject({
    rule: z.string().describe('a built-in attack (docs/rules.md), or the path of your own file'),
    options: ruleOptions.describe("the attack's own options"),
    parameters: tensors.describe(
      'the tensors it touches: all, a kind, or names such as dense-1/weights',
    ),
    byzantine: byzantineSchema,
  })
  .describe(
    'attack of the Byzantine nodes of this layer: on the vectors that they send, on the samples that Byzantine workers compute on, or on the delivery of messages that Byzantine nodes send',
  );
