import type { z } from 'zod';
import type { RandomSource } from './plain-data.ts';

/** A child that may take part in a server's next round. */
export interface ParticipantCandidate {
  readonly id: string;
  /** Simulated seconds from its last model to its next update; null before the first. */
  readonly tookS: number | null;
}

/** Says which children of a server take part in its next round. A pure function with a name. */
export interface ParticipantRule<Options = unknown> {
  /** As configs and records name it. */
  readonly name: string;
  /** One line for lists and generated pages. */
  readonly summary: string;
  /** Checks and completes the options; absent for those without any. */
  readonly options?: z.ZodType<Options>;
  /**
   * `candidates`: at least one, those that may still send something. Out: indices of at least one of them,
   * each once. `random`: the server's own stream.
   */
  choose(
    candidates: readonly ParticipantCandidate[],
    random: RandomSource,
    options: Options,
  ): readonly number[];
}

/** The definition of such a rule, for the default export of its file; here for its types. */
export function defineParticipants<Options = Record<string, never>>(
  rule: ParticipantRule<Options>,
): ParticipantRule<Options> {
  return rule;
}
