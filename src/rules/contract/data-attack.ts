import type { z } from 'zod';
import type { RandomSource } from './plain-data.ts';

/** The samples of a batch, in its order. */
export interface Samples {
  /** Row after row, as many numbers an item as it has features: what the model is given. */
  readonly inputs: Float32Array;
  /** The class of each item, 0 to classes - 1. */
  readonly labels: Uint8Array;
}

/** The sizes that all samples of a dataset share. */
export interface SampleShape {
  /** Inputs of one item. */
  readonly features: number;
  /** Number of classes. */
  readonly classes: number;
}

/** The inputs of a data attack besides the samples. */
export interface PoisoningContext extends SampleShape {
  /** Random numbers for this gradient alone, from a stream named after it. */
  readonly random: RandomSource;
}

/** The pattern that opens the back door which an attack puts into the model. */
export interface BackDoorTrigger<Options = unknown> {
  /** The class that items with the trigger are to be taken for. */
  target(options: Options): number;
  /** The same rows, each with the trigger in it; those given stay as they are. */
  stamp(inputs: Float32Array, shape: SampleShape, options: Options): Float32Array;
}

/** An option that does not fit the data: what is wrong with it, and what to do. */
export interface Misfit {
  /** Name of the option. */
  option: string;
  /** The finding, one line without a final stop. */
  found: string;
  /** The remedy, one line. */
  advice: string;
}

/** Changes the samples of a Byzantine worker before it computes on them. A pure function with a name. */
export interface DataAttack<Options = unknown> {
  readonly kind: 'data';
  /** As configs and records name it. */
  readonly name: string;
  /** One line for lists and generated pages. */
  readonly summary: string;
  /** A data attack sees only the worker's own samples. */
  readonly knowledge: 'data';
  /** Checks and completes the options; absent for attacks without any. */
  readonly options?: z.ZodType<Options>;
  /** Why the attack cannot be made with such options on samples of this shape; undefined if it can. */
  misfit?(shape: SampleShape, options: Options): Misfit | undefined;
  /**
   * Called once a gradient of a Byzantine worker with the samples of its batch, which stay as they are;
   * what the attack does not touch it hands back as the same object.
   */
  poison(samples: Samples, context: PoisoningContext, options: Options): Samples;
  /** Of an attack that puts a back door into the model: evaluations try it. */
  readonly trigger?: BackDoorTrigger<Options>;
}

/** The definition of a data attack, for the default export of its file; here for its types. */
export function defineDataAttack<Options = Record<string, never>>(
  attack: DataAttack<Options>,
): DataAttack<Options> {
  return attack;
}
