import type { Sharers } from '../../kernels/block-sharing.ts';
import type { KernelChoice } from '../../kernels/kernels.ts';
import type { SplitName } from '../../learning/dataset.ts';
import type { EncodingSpec } from '../../learning/encodings/encoding.ts';
import type { Evaluation } from '../../learning/engine.ts';
import type { EngineSetup } from '../../learning/open-engine.ts';
import type { OptimiserSpec } from '../../learning/optimiser.ts';
import type { WorkerTraining } from '../../learning/worker-side/worker-training.ts';
import type { MeasureRequest } from '../../nodes/context.ts';
import type { ValueId } from '../../nodes/messages.ts';
import type { AggregationInput } from '../../rules/running/contribution.ts';
import type { IntakeResult, IntakeState } from '../../rules/running/intake.ts';
import type { RuleReference } from '../../rules/running/load.ts';
import type { ExchangeTriggers } from '../../rules/running/triggering.ts';
import type { IntakeReference } from './intake-reference.ts';
import type { TriggerTally } from './poisoned-batch.ts';

/** Byte offset of a vector in the shared memory. */
export type VectorAddress = number;

/** The needs of a thread before its first task. Plain data, but for the shared memory. */
export type ThreadSetup = EngineSetup & {
  memory: WebAssembly.Memory;
  kernels: KernelChoice;
  seed: number;
  split: SplitName;
  optimiser: OptimiserSpec;
  /** How workers with models of their own train on their windows; null without a tree of models. */
  windows: WindowTrainingSpec | null;
  /** When nodes of each layer send, and ask for a model. */
  triggers: Record<string, ExchangeTriggers<RuleReference>>;
  /** The treatment, by servers of each layer, of the vectors that reach them. */
  intakes: Record<string, IntakeReference>;
  /** How workers make what they send of gradients. */
  training: WorkerTraining;
  /** The data attack of Byzantine workers, if any. */
  poison: RuleReference | null;
};

export interface WindowTrainingSpec {
  optimiser: OptimiserSpec;
  batchSize: number;
  epochs: number;
  /** Factor on the sum over a whole batch: 1, or 1 / batch size for the mean. */
  gradient: 'sum' | 'mean';
}

/** One piece of number-crunching: all inputs are there, the output has its place. */
export type Task =
  | {
      kind: 'gradient';
      theta: VectorAddress;
      /**
       * Identifies the parameters at `theta`, and of a run no others: an agent that has them already is not
       * sent them again, a thread not to pack them again.
       */
      thetaId: ValueId;
      items: Uint32Array;
      /** Whether the worker's samples are poisoned before it computes on them. */
      poisoned: boolean;
      /** Names this gradient's random streams. */
      streamPrefix: string;
      factor: number;
      /** Number of batches, one after the other. */
      steps: number;
      /** Of the steps, if there are several. */
      learningRate: number;
      out: VectorAddress;
    }
  | {
      kind: 'window';
      theta: VectorAddress;
      optimiserState: VectorAddress | null;
      items: Uint32Array;
      streamPrefix: string;
      poisoned: boolean;
      learningRate: number;
      /** Null: the trained parameters are wanted for the change alone. */
      out: VectorAddress | null;
      /** Of the state of the optimiser; null: it has none. */
      optimiserStateOut: VectorAddress | null;
      /** Where a + scale * the trained parameters goes, too; null: it is not wanted. */
      change: { a: VectorAddress; scale: number; out: VectorAddress } | null;
    }
  /** `b`: null stands for zeros. */
  | {
      kind: 'add-scaled';
      a: VectorAddress;
      b: VectorAddress | null;
      scale: number;
      out: VectorAddress;
    }
  | {
      kind: 'worker-momentum';
      gradient: VectorAddress;
      previous: VectorAddress | null;
      out: VectorAddress;
    }
  /** `reference`: null also where it has left the finite numbers. */
  | ({
      kind: 'aggregate';
      state: IntakeState | null;
      out: VectorAddress;
    } & AggregationInput<VectorAddress>)
  | ({ kind: 'optimiser-state' } & OptimiserTask)
  | ({ kind: 'update'; learningRate: number } & OptimiserTask)
  | {
      kind: 'evaluate';
      theta: VectorAddress;
      thetaId: ValueId;
      /** Left out: the one of the setup. */
      split?: SplitName;
      from: number;
      to: number;
    }
  | {
      kind: 'encode';
      spec: EncodingSpec;
      change: VectorAddress;
      theta: VectorAddress;
      t: number;
      out: VectorAddress;
    }
  | {
      kind: 'without-sent';
      base: VectorAddress;
      theta: VectorAddress;
      sent: VectorAddress;
      out: VectorAddress;
    }
  | ({
      kind: 'measure';
      theta: VectorAddress;
      change: VectorAddress;
      globalChange: VectorAddress | null;
      accuracy: Record<string, number>;
    } & Pick<MeasureRequest, 'layer' | 'push' | 'pull'>);

/** Without an aggregate out is a copy, of the state or of theta. */
interface OptimiserTask {
  theta: VectorAddress;
  aggregate: VectorAddress | null;
  /** The gradient is scale * aggregate. */
  scale: number;
  optimiserState: VectorAddress | null;
  out: VectorAddress;
}

interface AddScaledResult {
  kind: 'add-scaled';
  finite: boolean;
}

/** Facts that a task found out, besides the vector it wrote. */
export type TaskResult =
  | { kind: 'gradient'; loss: number; finite: boolean }
  | ({
      kind: 'aggregate';
      /** False: too few finite vectors, or a result that left the finite numbers. */
      present: boolean;
      nonFinite: number;
    } & Omit<IntakeResult, 'vector' | 'finite' | 'nonFinite' | 'needed'>)
  | { kind: 'window'; loss: number; norm: number; change: AddScaledResult | null }
  | AddScaledResult
  | { kind: 'worker-momentum'; finite: boolean }
  | { kind: 'optimiser-state' }
  /** `changed`: a bit of the parameters is another one after it. */
  | { kind: 'update'; norm: number; changed: boolean }
  | ({ kind: 'evaluate'; trigger?: TriggerTally } & Evaluation)
  | { kind: 'measure'; push: boolean; pull: boolean }
  | { kind: 'encode'; count: number; finite: boolean }
  | { kind: 'without-sent' };

export type TaskMessage = { id: number; task: Task };
/**
 * To a thread: tasks; or what comes is for a run with this setup, which may have the memory of the thread's last one, and in which
 * it shares work with others, unless it is alone; null: its run is over.
 */
export type ThreadMessage =
  | TaskMessage[]
  | { setup: ThreadSetup; isSameMemory: boolean; sharers: Sharers | null }
  | { setup: null };
export type TaskReply = { id: number; result: TaskResult };
export type ThreadReply =
  | { type: 'ready' }
  | { type: 'results'; results: TaskReply[] }
  | { type: 'failed'; id: number | null; message: string; isInput: boolean; stack: string };
