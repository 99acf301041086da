/**
 * How the rounds of a system hang together: the same programs of cloud, inner servers and workers
 * run synchronous, asynchronous and partially asynchronous rounds, and differ in these answers.
 */
export interface RoundMode {
  /**
   * In step, a server takes what belongs to its round alone and then waits for the next model,
   * and a worker gives up what a new round has overtaken. Otherwise servers take what comes and
   * collect on, and workers finish what they have begun and go on with the newest model.
   */
  isSynchronous: boolean;
  /** To whom the cloud sends a new model: to every child, or to those whose results are in it. */
  answers: 'all' | 'contributors';
  /**
   * tau: nothing that is more versions behind is applied, and no worker runs more versions ahead
   * of the slowest that is associated. Null: any number.
   */
  maximumStaleness: number | null;
  /** Whether the cloud takes results that are not of its newest version. */
  acceptsLate: boolean;
}

/** Every round waits for its results and uses gradients of its own version alone. */
export const synchronous: RoundMode = {
  isSynchronous: true,
  answers: 'all',
  maximumStaleness: null,
  acceptsLate: false,
};

/** Nobody waits for anybody. */
export const asynchronous: RoundMode = {
  isSynchronous: false,
  answers: 'contributors',
  maximumStaleness: null,
  acceptsLate: true,
};

/** The same, with a cloud that sends each new model to every child. */
export const asynchronousToAll: RoundMode = { ...asynchronous, answers: 'all' };

/** The cloud has rounds, with a quorum and a timeout; the others go on, within a bound. */
export function partiallyAsynchronous(maximumStaleness: number, acceptsLate: boolean): RoundMode {
  return { isSynchronous: false, answers: 'all', maximumStaleness, acceptsLate };
}
