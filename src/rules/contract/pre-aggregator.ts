import type { z } from 'zod';
import type { RandomSource } from './plain-data.ts';

export interface PreAggregation {
  vectors: readonly Float32Array[];
  /** The inputs that each output was made from; absent when output i stands for input i. */
  sources?: readonly (readonly number[])[];
  /** How many of the inputs a clipping step shortened. */
  clipped?: number;
}

/** The inputs of a step besides the vectors; see AggregationContext. */
export interface PreAggregationContext {
  f: number;
  senders?: readonly number[];
  random: RandomSource;
}

/** A step before the rule: n vectors in, m vectors out. */
export interface PreAggregator<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly options?: z.ZodType<Options>;
  /** Least n with which the step stands f Byzantine vectors. */
  minimumInputs(f: number, options: Options): number;
  /** How many vectors come out of n, at most. */
  outputs(n: number, options: Options): number;
  /** Leaves the vectors as they are; an output may be an input that is passed on unchanged. */
  apply(
    vectors: readonly Float32Array[],
    context: PreAggregationContext,
    options: Options,
  ): PreAggregation;
}

/** Types a definition; returns it as it is. */
export function definePreAggregator<Options = Record<string, never>>(
  preAggregator: PreAggregator<Options>,
): PreAggregator<Options> {
  return preAggregator;
}
