import type { z } from 'zod';

/** A server in whose range a worker is. Times are whole microseconds. */
export interface ServerInRange {
  readonly server: string;
  /**
   * Power that the worker receives from it, in dBm. With the radio model `range`, which has none: that of free
   * space but for a constant, so that the nearer server is the stronger one.
   */
  readonly strengthDb: number;
  /** When this contact began. */
  readonly sinceUs: number;
}

/** An instant at which a policy is asked about one worker. */
export interface AssociationMoment {
  readonly nowUs: number;
  /** The server that the worker is with, and is in range of; null: none. */
  readonly current: string | null;
  /** Since when it is with that one; of none, since when it is with none. */
  readonly sinceUs: number;
  /** At least one, by their ids. */
  readonly inRange: readonly ServerInRange[];
  /**
   * The `state` of the last answer; undefined at first, and after the worker was out of range of
   * all servers.
   */
  readonly state: unknown;
}

/** A policy's answer about one worker. */
export interface AssociationAnswer {
  /** One of those in range; null: none. */
  readonly server: string | null;
  /** When to ask again, unless something happens before; left out: then only. */
  readonly askAgainUs?: number | undefined;
  /** Plain data, given at the next moment. */
  readonly state?: unknown;
}

/** Which server a worker is with, of those in range. Pure functions with a name. */
export interface AssociationPolicy<Options = unknown> {
  /** As configs and records name it. */
  readonly name: string;
  /** One line for lists and generated pages. */
  readonly summary: string;
  /** Checks and completes the options; absent for policies without any. */
  readonly options?: z.ZodType<Options>;
  /** True for a policy that needs received power, and so a radio model other than `range`. */
  readonly needsPower?: boolean;
  /**
   * Differences in dB that matter: the policy is asked in the first microsecond in which a server in
   * range becomes stronger than the current one by more than such a difference, or no longer is.
   */
  differencesDb?(options: Options): readonly number[];
  /**
   * Asked when a contact begins or ends, when such a difference is crossed, and when it asked for it; again at
   * once when it has changed the server, as other differences count then.
   */
  decide(moment: AssociationMoment, options: Options): AssociationAnswer;
}

/** The definition of an association policy, for the default export of its file; here for its types. */
export function defineAssociationPolicy<Options = Record<string, never>>(
  policy: AssociationPolicy<Options>,
): AssociationPolicy<Options> {
  return policy;
}

/** A server in whose range a worker is, as a policy by load sees it. */
export interface LoadedServer {
  readonly server: string;
  /** How many workers are with it, this one too where it is. */
  readonly workers: number;
  /** When this contact began, in whole microseconds. */
  readonly sinceUs: number;
}

/** An instant at which a policy by load is asked about one worker. */
export interface LoadMoment {
  readonly nowUs: number;
  /** The server that the worker is with, and is in range of; null: none. */
  readonly current: string | null;
  /** At least one, by their ids. */
  readonly inRange: readonly LoadedServer[];
}

/** Which server a worker is with, by how many others are with each. Decided while the run goes on. */
export interface LoadPolicy<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly options?: z.ZodType<Options>;
  readonly byLoad: true;
  /**
   * One of those in range, or null: none. Asked when a contact of the worker begins or ends, and when a worker
   * joins or leaves a server in its range; workers of one instant in the order of their ids.
   */
  decide(moment: LoadMoment, options: Options): string | null;
}

/** The definition of a policy by load, for the default export of its file; here for its types. */
export function defineLoadPolicy<Options = Record<string, never>>(
  policy: Omit<LoadPolicy<Options>, 'byLoad'>,
): LoadPolicy<Options> {
  return { ...policy, byLoad: true };
}
