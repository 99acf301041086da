import { z } from 'zod';
import { atLeastOne, distinct, positive } from './scalars.ts';

const machines = distinct(z.array(z.string().min(1)).min(1)).describe(
  'names of machines, as their agents give them',
);

export const liveSchema = z
  .strictObject({
    // One second of wall time is announced at once: that part of the trace has to fit into memory.
    speed: positive
      .max(10_000)
      .default(10)
      .describe('seconds of simulation time a second of wall time'),
    transport: z.enum(['tcp', 'websocket']).default('tcp').describe('transport of the messages'),
    compute: z
      .enum(['measured', 'modelled'])
      .default('modelled')
      .describe(
        'measured: computing and sending take the time that they take; modelled: at least what gradientS, aggregationMsPerVector and the links say',
      ),
    shapeLinks: z
      .boolean()
      .default(false)
      .describe(
        'messages of one link, in one direction, leave one after another at its bandwidth, and arrive after its latency; with compute: measured too',
      ),
    placement: z
      .strictObject({
        cloud: machines.optional(),
        servers: machines.optional(),
        workers: machines.optional(),
      })
      .prefault({})
      .describe(
        'machines on which each kind of process may run, of a run that is deployed; any by default',
      ),
    patienceS: positive
      .default(30)
      .describe('seconds of wall time without a message after which a process is lost'),
    answerS: positive
      .default(600)
      .describe(
        'seconds of wall time after which a process is lost that holds the clock, or owes the run an answer; an evaluation must end in that time',
      ),
    returnS: positive
      .default(180)
      .describe(
        'seconds of wall time without the end of a round after which the run ends, when a process is lost',
      ),
    workerProcesses: atLeastOne.default(2).describe('processes that share the workers'),
  })
  .prefault({})
  .describe('how world: live runs');
