import type { z } from 'zod';
import type { DataAttack } from './data-attack.ts';
import type { DeliveryAttack } from './delivery-attack.ts';
import type { ModelAttack } from './model-attack.ts';
import type { PlainData, RandomSource } from './plain-data.ts';

/**
 * Knowledge of an attack: its own vectors; also all honest ones of the same aggregation; also the
 * result that the server would have with a forged vector.
 */
export type Knowledge = 'own' | 'honest' | 'server';

/** The inputs of a vector attack besides the Byzantine senders' own vectors. */
export interface ForgingContext {
  /** The finite honest vectors that arrived, in order of arrival; empty for knowledge `own`. */
  honest: readonly Float32Array[];
  /** Random numbers for this aggregation alone, from a stream named after the server. */
  random: RandomSource;
  /** The `state` that this attack returned at this server's last aggregation; null at the first. */
  state: PlainData;
  /**
   * For knowledge `server` only: what the server's chain would come to if the Byzantine senders
   * sent these, one for each own; null where too few finite vectors would be left. Has no side
   * effects.
   */
  aggregate?(forged: readonly Float32Array[]): Float32Array | null;
}

/** The result of a vector attack. */
export interface Forgery {
  /** One vector for each of the Byzantine senders' own, of the same length. */
  vectors: readonly Float32Array[];
  /** Handed back at the next aggregation; null for attacks without memory. */
  state?: PlainData;
}

/** Forges what the Byzantine senders of one aggregation send. A pure function with a name. */
export interface VectorAttack<Options = unknown> {
  readonly kind: 'vector';
  /** As configs and records name it. */
  readonly name: string;
  /** One line for lists and generated pages. */
  readonly summary: string;
  /** The knowledge that `context` gives to the attack. */
  readonly knowledge: Knowledge;
  /** Checks and completes the options; absent for attacks without any. */
  readonly options?: z.ZodType<Options>;
  /**
   * Called once an aggregation with the Byzantine senders' own vectors, at least one, which stay as
   * they are. An attack that knows more than its `own` is never called without an honest vector: each
   * sender's own, negated, stands in.
   */
  forge(own: readonly Float32Array[], context: ForgingContext, options: Options): Forgery;
}

/**
 * An attack of any kind: on the vectors of Byzantine senders, on the samples of Byzantine workers, on
 * when and whether what Byzantine nodes send arrives, or on the models that Byzantine servers send down.
 */
export type Attack<Options = unknown> =
  | VectorAttack<Options>
  | DataAttack<Options>
  | DeliveryAttack<Options>
  | ModelAttack<Options>;

/** The definition of a vector attack, for the default export of its file; here for its types. */
export function defineAttack<Options = Record<string, never>>(
  attack: VectorAttack<Options>,
): VectorAttack<Options> {
  return attack;
}
