import type { z } from 'zod';
import type { RandomSource } from './plain-data.ts';

/** The end of a straight stretch of way, covered at an even speed; a pause is two at one place. */
export interface Waypoint {
  readonly timeS: number;
  readonly xM: number;
  readonly yM: number;
}

/** How entities move where there is no trace. A pure function with a name. */
export interface MovementModel<Options = unknown> {
  /** As configs and records name it. */
  readonly name: string;
  /** One line for lists and generated pages. */
  readonly summary: string;
  /** Checks and completes the options; absent for models without any. */
  readonly options?: z.ZodType<Options>;
  /**
   * The way of one entity, from its arrival, at 0 s or later, on; what is beyond `durationS` is cut off.
   * Times must not fall; at least two waypoints, and at most a million: a list, or better a generator.
   * `random`: the entity's own stream. `index`: from 0.
   * `log` and `pow` of `edgemlsim/rules/toolbox` give the same bits on every machine.
   */
  way(
    entity: { readonly index: number; readonly durationS: number; readonly random: RandomSource },
    options: Options,
  ): Iterable<Waypoint>;
}

/** The definition of a movement model, for the default export of its file; here for its types. */
export function defineMovementModel<Options = Record<string, never>>(
  model: MovementModel<Options>,
): MovementModel<Options> {
  return model;
}
