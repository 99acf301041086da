import { z } from 'zod';
import { positive } from './scalars.ts';

const watts = z.number().min(0);

/** Keys of the resources and the power of a layer's nodes. */
export const resourceKeys = {
  memoryMb: positive
    .optional()
    .describe(
      'in a tree of models: memory of a node in MB of 10^6 bytes; a node that needs more is refused',
    ),
  cpus: positive.optional().describe('cores of the container of a node, where containers are made'),
  power: z
    .strictObject({
      computeW: watts.describe('watts while it trains or aggregates'),
      transmitW: watts.describe('watts while it sends, at the bandwidth of its link'),
    })
    .optional()
    .describe(
      'in a tree of models: what a node draws; without it there is no energy in the report',
    ),
};
