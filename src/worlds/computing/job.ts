import type { SplitName } from '../../learning/dataset.ts';
import type { EncodeRequest, MeasureRequest } from '../../nodes/context.ts';
import type { ValueId } from '../../nodes/messages.ts';
import type { AggregationInput } from '../../rules/running/contribution.ts';

/** How a value comes to be: plain data. A job is described first, and computed once admitted. */
export type Job =
  | {
      kind: 'gradient';
      theta: ValueId;
      items: Uint32Array;
      /** Whether the worker's samples are poisoned before it computes on them. */
      poisoned: boolean;
      /** Names this gradient's random streams. */
      streamPrefix: string;
      /** Number of batches, one after the other; `items` are those of all of them. */
      steps: number;
      /** Of the steps, if there are several. */
      learningRate: number;
    }
  /** The parameters after training on a window; `optimiserState`: of the worker's optimiser before it, if it has one. */
  | {
      kind: 'window';
      theta: ValueId;
      optimiserState: ValueId | null;
      items: Uint32Array;
      /** Names the training's random streams. */
      streamPrefix: string;
      poisoned: boolean;
      learningRate: number;
    }
  /** The state of the worker's optimiser after that training. */
  | { kind: 'window-optimiser-state'; window: ValueId }
  /** a + scale * b, or a alone where b is an aggregate without a vector. */
  | { kind: 'add-scaled'; a: ValueId; b: ValueId; scale: number }
  /**
   * The vector that a worker sends for a gradient; `previous`: its last one, null before the first.
   */
  | { kind: 'worker-momentum'; gradient: ValueId; previous: ValueId | null }
  /** `previous`: this server's last aggregate, which holds the rule's state. */
  | ({ kind: 'aggregate'; previous: ValueId | null } & AggregationInput<ValueId>)
  /** The state of the optimiser after an update; `optimiserState`: before it, null before the first. */
  | { kind: 'optimiser-state'; theta: ValueId; aggregate: ValueId; optimiserState: ValueId | null }
  | {
      kind: 'update';
      theta: ValueId;
      aggregate: ValueId;
      /** The optimiser's state after this update; null for one without state. */
      optimiserState: ValueId | null;
      learningRate: number;
    }
  | ({ kind: 'encode' } & EncodeRequest)
  | { kind: 'without-sent'; base: ValueId; theta: ValueId; sent: ValueId }
  /** `split`: the one that evaluations measure on where it is left out. */
  | { kind: 'evaluate'; theta: ValueId; split?: SplitName }
  /** Whether the triggers of a node are due. `evaluations`: of theta, by split. */
  | ({
      kind: 'measure';
      evaluations: readonly { split: SplitName; evaluation: ValueId }[];
    } & Omit<MeasureRequest, 'splits'>);

/** The values that a job needs before it can be computed. */
export function inputsOf(job: Job): ValueId[] {
  switch (job.kind) {
    case 'gradient':
    case 'evaluate':
      return [job.theta];
    case 'aggregate': {
      const { contributions, reference, previous } = job;
      const inputs = contributions.map(({ vector }) => vector);
      return [...inputs, reference, previous].filter((input) => input !== null);
    }
    case 'encode':
      return [job.change, job.theta];
    case 'without-sent':
      return [job.base, job.theta, job.sent];
    case 'measure': {
      const { theta, change, globalChange, evaluations } = job;
      const vectors = globalChange === null ? [theta, change] : [theta, change, globalChange];
      return [...vectors, ...evaluations.map(({ evaluation }) => evaluation)];
    }
    case 'window':
      return job.optimiserState === null ? [job.theta] : [job.theta, job.optimiserState];
    case 'window-optimiser-state':
      return [job.window];
    case 'add-scaled':
      return [job.a, job.b];
    case 'worker-momentum':
      return job.previous === null ? [job.gradient] : [job.gradient, job.previous];
    case 'optimiser-state':
    case 'update': {
      const { theta, aggregate, optimiserState } = job;
      return optimiserState === null ? [theta, aggregate] : [theta, aggregate, optimiserState];
    }
  }
}
