import { z } from 'zod';
import { count, positive } from './scalars.ts';

export const liveSchema = z
  .strictObject({
    speed: positive.default(10).describe('seconds of simulation time a second of wall time'),
    transport: z.enum(['tcp', 'websocket']).default('tcp').describe('what carries the messages'),
    compute: z
      .enum(['measured', 'modelled'])
      .default('modelled')
      .describe(
        'measured: computing and sending take the time that they take; modelled: at least what gradientS, aggregationMsPerVector and the links say',
      ),
    workerHosts: count.default(2).describe('processes that share the workers'),
  })
  .prefault({})
  .describe('how world: live runs');
