import type { z } from 'zod';

/** The input of a trigger: a node of a tree of models, after a window or a merge. */
export interface Moment {
  /** Windows trained, or merges, since the last transfer of this kind: at least 1. */
  readonly changes: number;
  /** The same since the run began. */
  readonly total: number;
  /** Simulated seconds since the last transfer, or since the run began before the first. */
  readonly sinceS: number;
  /** Of a pull: whether the node sends its change at this window or merge; absent for a push. */
  readonly sends?: boolean;
}

/** The numbers besides, for a trigger that needs them. Vectors have one length d. */
export interface MomentNumbers {
  /** The node's parameters. */
  readonly model: Float32Array;
  /**
   * The change that it has not sent yet, with the sign of a gradient: the parameters before it less
   * those now.
   */
  readonly change: Float32Array;
  /** How its parent's model moved between the last two that came, of the same sign; null before the first. */
  readonly globalChange: Float32Array | null;
  /**
   * Of the node's model on the split that the trigger names, in [0, 1], or the measure that it names there;
   * null for one that names no split.
   */
  readonly accuracy: number | null;
  /** The same at the last transfer; null before the first. */
  readonly lastAccuracy: number | null;
}

/** Parts of the data that a trigger may measure the model on. */
export type TriggerSplit = 'train' | 'validation' | 'test';

/** Decides after each window or merge whether a node sends, or asks for a model. A pure function with a name. */
export interface TransferTrigger<Options = unknown> {
  /** As configs and records name it. */
  readonly name: string;
  /** One line for lists and generated pages. */
  readonly summary: string;
  /** Checks and completes the options; absent for triggers without any. */
  readonly options?: z.ZodType<Options>;
  /** True for a trigger that looks at numbers: the run then waits for them at each decision. */
  readonly needsNumbers?: boolean;
  /** The split on which the node's model is measured, with the clock paused; absent: none is. */
  split?(options: Options): TriggerSplit;
  /**
   * The measure in place of the accuracy: `loss`, for data with numbers for targets `rmse`, `mae`
   * or `r2`, or a metric of the model's own by its name; null or absent: the accuracy.
   */
  metric?(options: Options): string | null;
  /** `numbers`: null for a trigger that does not need them. */
  isDue(moment: Moment, numbers: MomentNumbers | null, options: Options): boolean;
}

/** The definition of a trigger that decides by counts and time, for the default export of its file; here for its types. */
export function defineTrigger<Options = Record<string, never>>(
  trigger: Omit<TransferTrigger<Options>, 'needsNumbers' | 'split' | 'metric' | 'isDue'> & {
    isDue(moment: Moment, options: Options): boolean;
  },
): TransferTrigger<Options> {
  return { ...trigger, isDue: (moment, _, options) => trigger.isDue(moment, options) };
}

/** The same for a trigger that looks at numbers. */
export function defineNumbersTrigger<Options = Record<string, never>>(
  trigger: Omit<TransferTrigger<Options>, 'needsNumbers' | 'isDue'> & {
    isDue(moment: Moment, numbers: MomentNumbers, options: Options): boolean;
  },
): TransferTrigger<Options> {
  const { isDue, ...rest } = trigger;
  return {
    ...rest,
    needsNumbers: true,
    isDue: (moment, numbers, options) => isDue(moment, numbers!, options),
  };
}
