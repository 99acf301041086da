import type { z } from 'zod';
import type { RandomSource } from './plain-data.ts';

/** A message of a Byzantine sender, which holds a vector. */
export interface Sending {
  /** A worker's gradient, what a server has aggregated, or a node's change in a tree of models. */
  readonly kind: 'gradient' | 'result' | 'update';
}

/** The inputs of a delivery attack besides the message. */
export interface DeliveryContext {
  /** Random numbers for this sender's messages, from a stream named after it. */
  readonly random: RandomSource;
}

/** Keeps back, holds up or repeats what a Byzantine node sends. A pure function with a name. */
export interface DeliveryAttack<Options = unknown> {
  readonly kind: 'delivery';
  /** As configs and records name it. */
  readonly name: string;
  /** One line for lists and generated pages. */
  readonly summary: string;
  /** A delivery attack sees only that its own node sends. */
  readonly knowledge: 'own';
  /** Checks and completes the options; absent for attacks without any. */
  readonly options?: z.ZodType<Options>;
  /** Whether a message may never arrive: in rounds a server that waits for it then needs a deadline. */
  mayDrop(options: Options): boolean;
  /**
   * Called once a message, when it is sent. Returns for each copy that is to get on its way how
   * many milliseconds later than now: `[0]` leaves the message alone, an empty list drops it.
   */
  deliver(sending: Sending, context: DeliveryContext, options: Options): readonly number[];
}

/** The definition of a delivery attack, for the default export of its file; here for its types. */
export function defineDeliveryAttack<Options = Record<string, never>>(
  attack: DeliveryAttack<Options>,
): DeliveryAttack<Options> {
  return attack;
}
