import type { z } from 'zod';
import type { RandomSource } from './plain-data.ts';

/** The result of a pre-aggregator. */
export interface PreAggregation {
  /** At most `outputs(n)` vectors of length d. */
  vectors: readonly Float32Array[];
  /** The inputs that each output was made from; absent when output i stands for input i. */
  sources?: readonly (readonly number[])[];
  /** How many of the inputs a clipping step shortened. */
  clipped?: number;
}

/** The inputs of a step besides the vectors; see AggregationContext. */
export interface PreAggregationContext {
  /** The declared number of Byzantine vectors. */
  f: number;
  /** A number for each vector's sender; absent where several are mixed. */
  senders?: readonly number[];
  /** Random numbers for this aggregation alone. */
  random: RandomSource;
}

/** A step before the rule: n vectors in, m vectors out. */
export interface PreAggregator<Options = unknown> {
  /** As configs and records name it. */
  readonly name: string;
  /** One line for lists and generated pages. */
  readonly summary: string;
  /** Checks and completes the options; absent for steps without any. */
  readonly options?: z.ZodType<Options>;
  /** Least n with which the step stands f Byzantine vectors; it stands them with every greater n, too. */
  minimumInputs(f: number, options: Options): number;
  /** How many vectors come out of n, at most; of more, not fewer. */
  outputs(n: number, options: Options): number;
  /** Leaves the vectors as they are; an output may be an input that is passed on unchanged. */
  apply(
    vectors: readonly Float32Array[],
    context: PreAggregationContext,
    options: Options,
  ): PreAggregation;
}

/** The definition of a pre-aggregator, for the default export of its file; here for its types. */
export function definePreAggregator<Options = Record<string, never>>(
  preAggregator: PreAggregator<Options>,
): PreAggregator<Options> {
  return preAggregator;
}
