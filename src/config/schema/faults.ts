import { z } from 'zod';
import { distinct, durationSchema, positive, share, whole } from './scalars.ts';

const nodesSchema = z
  .strictObject({
    layer: z.string().describe('worker, edge, or any other layer below the cloud'),
    count: whole.optional().describe('number of nodes, drawn at the start'),
    fraction: share.optional().describe('this share of them, rounded to the nearest whole number'),
    ids: distinct(z.array(z.string())).optional().describe('exactly these'),
  })
  .describe('nodes of one layer; all of them without count, fraction and ids');

const failing = {
  atS: z.number().min(0).optional().describe('once, at this simulation time'),
  meanTimeToFailureS: positive
    .optional()
    .describe(
      'or again and again, after this many seconds of work on average (exponential), each by itself',
    ),
  recoverAfterS: durationSchema
    .optional()
    .describe('seconds from the failure to the recovery, or a named distribution; default: never'),
};

export const faultsSchema = z
  .strictObject({
    crashes: z
      .array(
        z.strictObject({
          nodes: nodesSchema,
          ...failing,
          state: z
            .enum(['lost', 'kept'])
            .default('lost')
            .describe('whether a node that recovers has its model and what it held again'),
        }),
      )
      .default([])
      .describe('nodes that stop: they do not send, receive or compute until they recover'),
    cuts: z
      .array(z.strictObject({ servers: nodesSchema, ...failing }))
      .default([])
      .describe('servers whose link to the server above is cut, in both directions'),
  })
  .prefault({})
  .describe('parts that stop working, and when (docs/faults.md)');
