import type { ValueId } from '../../nodes/messages.ts';

/** How a value comes to be: plain data. A job is described first, and computed once admitted. */
export type Job =
  | {
      kind: 'gradient';
      theta: ValueId;
      items: Uint32Array;
      /** Whether the worker's samples are poisoned before it computes on them. */
      poisoned: boolean;
      /** Names this gradient's streams of chance. */
      streams: string;
      /** On so many batches, one after the other; of them all are the items. */
      steps: number;
      /** Of the steps, if there are several. */
      learningRate: number;
    }
  /** What a worker sends for a gradient; `memory`: its last one, null before the first. */
  | { kind: 'worker-momentum'; gradient: ValueId; memory: ValueId | null }
  | {
      kind: 'aggregate';
      layer: string;
      /** Names this aggregation's streams of chance. */
      streams: string;
      inputs: readonly ValueId[];
      /** Numbers of the inputs' senders. */
      senders: readonly number[];
      byzantine: readonly boolean[];
      /** Versions by which each input is behind the server's newest model. */
      staleness: readonly number[];
      /** What each input weighs; null: all alike. */
      weights: readonly number[] | null;
      /** The server's own gradient, for rules that trust one. */
      reference: ValueId | null;
      /** This server's last aggregate, which holds the rule's state. */
      previous: ValueId | null;
    }
  /** What the optimiser remembers after an update; `memory`: before it, null before the first. */
  | { kind: 'optimiser-memory'; theta: ValueId; aggregate: ValueId; memory: ValueId | null }
  | {
      kind: 'update';
      theta: ValueId;
      aggregate: ValueId;
      /** What the optimiser remembers after this update; null: nothing. */
      memory: ValueId | null;
      learningRate: number;
    }
  | { kind: 'evaluate'; theta: ValueId };

/** The values that a job needs before it can be computed. */
export function inputsOf(job: Job): ValueId[] {
  switch (job.kind) {
    case 'gradient':
    case 'evaluate':
      return [job.theta];
    case 'aggregate':
      return [...job.inputs, job.reference, job.previous].filter((input) => input !== null);
    case 'worker-momentum':
      return job.memory === null ? [job.gradient] : [job.gradient, job.memory];
    case 'optimiser-memory':
    case 'update': {
      const { theta, aggregate, memory } = job;
      return memory === null ? [theta, aggregate] : [theta, aggregate, memory];
    }
  }
}
