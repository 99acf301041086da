import type { z } from 'zod';
import type { PlainData, RandomSource } from './plain-data.ts';

/** The inputs of a rule besides the vectors. */
export interface AggregationContext {
  /** The DECLARED number of Byzantine vectors among them. */
  f: number;
  /** One non-negative weight a vector; absent when all count alike. */
  weights?: readonly number[];
  /** Versions by which each vector is behind the newest one. */
  staleness?: readonly number[];
  /** A number for each vector's sender, the same in every aggregation; absent where several are mixed. */
  senders?: readonly number[];
  /** A vector the server trusts, for rules that need one. */
  reference?: Float32Array;
  /** Random numbers for this aggregation alone, from a stream named after the server. */
  random: RandomSource;
  /** The `state` that this rule returned at this server's last aggregation; null at the first. */
  state: PlainData;
}

/** The result of a rule. */
export interface Aggregation {
  /** Length d; may be one of the inputs only if it is returned unchanged. */
  vector: Float32Array;
  /** Handed back at the next aggregation; null for rules without memory. */
  state?: PlainData;
  /** Indices of the inputs that a selecting rule selected. */
  selected?: readonly number[];
  /** How many of the inputs a clipping rule shortened; in one of several steps, in its last. */
  clipped?: number;
  /** Steps that an iterative rule took. */
  iterations?: number;
}

/** A robust aggregation rule: n vectors of length d in, one out. A pure function with a name. */
export interface Aggregator<Options = unknown> {
  /** As configs and records name it. */
  readonly name: string;
  /** One line for lists and generated pages. */
  readonly summary: string;
  /** True for a rule that cannot do without `context.reference`. */
  readonly needsReference?: boolean;
  /** True for a rule whose result depends on `context.weights`. */
  readonly usesWeights?: boolean;
  /** True for a rule whose f counts Byzantine senders over time: it may exceed an aggregation's vectors. */
  readonly countsSenders?: boolean;
  /** Least n with which the rule stands f Byzantine vectors. */
  minimumInputs(f: number, options: Options): number;
  /**
   * Why it would not aggregate n vectors though they are enough (it would take hours); null when it
   * would. Asked before a run; `aggregate` throws the same then.
   */
  refusal?(n: number, f: number, options: Options): string | null;
  /** Checks and completes the options; absent for rules without any. */
  readonly options?: z.ZodType<Options>;
  /**
   * Called with at least `minimumInputs(f)` vectors, all finite and of one length d.
   * Leaves them as they are. Throw only for what the experimenter has to know about.
   */
  aggregate(
    vectors: readonly Float32Array[],
    context: AggregationContext,
    options: Options,
  ): Aggregation;
}

/** The definition of an aggregation rule, for the default export of its file; here for its types. */
export function defineAggregator<Options = Record<string, never>>(
  aggregator: Aggregator<Options>,
): Aggregator<Options> {
  return aggregator;
}
