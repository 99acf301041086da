import type { z } from 'zod';
import type { RandomSource } from './plain-data.ts';

/** A model that a Byzantine server of a tree of models sends to a child. */
export interface ModelSending {
  /** The child's number among all servers, or among all workers, from 0. */
  readonly child: number;
}

/** The inputs of a model attack besides the model's receiver. */
export interface ModelAttackContext {
  /** Random numbers for this server's messages, from a stream named after it. */
  readonly random: RandomSource;
}

/** Sends children of a Byzantine server other models than its own. A pure function with a name. */
export interface ModelAttack<Options = unknown> {
  readonly kind: 'model';
  /** As configs and records name it. */
  readonly name: string;
  /** One line for lists and generated pages. */
  readonly summary: string;
  /** A model attack sees only the receiver of the model. */
  readonly knowledge: 'own';
  /** Checks and completes the options; absent for attacks without any. */
  readonly options?: z.ZodType<Options>;
  /**
   * Called once a model, when it is sent. Returns what each of its parameters is multiplied by: 1 leaves the
   * model as it is.
   */
  factor(sending: ModelSending, context: ModelAttackContext, options: Options): number;
}

/** The definition of a model attack, for the default export of its file; here for its types. */
export function defineModelAttack<Options = Record<string, never>>(
  attack: ModelAttack<Options>,
): ModelAttack<Options> {
  return attack;
}
