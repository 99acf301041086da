/** Rules by which a server takes entries, of rounds or of a tree of models. */
export interface CollectingMode {
  /**
   * If so, a server takes only contributions of its round and then waits for the next model, and a
   * worker discards work that a new round has overtaken. Otherwise servers take contributions of
   * any round and collect continuously, and workers finish what they have begun and continue with
   * the newest model.
   */
  isSynchronous: boolean;
  /**
   * tau: a vector that is more versions behind is dropped, and no worker runs more versions ahead
   * of the slowest that is associated. Null: no bound.
   */
  maximumStaleness: number | null;
  /** Whether the cloud takes results that are not of its newest version. */
  acceptsLate: boolean;
}

/**
 * How the rounds of a system depend on each other: the same programs of cloud, inner servers and
 * workers run synchronous, asynchronous and partially asynchronous rounds, with these settings.
 */
export interface RoundMode extends CollectingMode {
  /**
   * Recipients of a new model of the cloud: every child, or the children whose results are in it.
   */
  recipients: 'all' | 'contributors';
}

/** A server of a tree of models takes whatever its children send. */
export const takesAll: CollectingMode = {
  isSynchronous: false,
  maximumStaleness: null,
  acceptsLate: true,
};

/** Every round waits for its results and uses gradients of its own version alone. */
export const synchronous: RoundMode = {
  isSynchronous: true,
  recipients: 'all',
  maximumStaleness: null,
  acceptsLate: false,
};

/** No node waits for another. */
export const asynchronous: RoundMode = {
  ...takesAll,
  recipients: 'contributors',
};

/** The same, with a cloud that sends each new model to every child. */
export const asynchronousToAll: RoundMode = { ...asynchronous, recipients: 'all' };

/** The cloud has rounds, with a quorum and a timeout; the other nodes continue, within a bound. */
export function partiallyAsynchronous(maximumStaleness: number, acceptsLate: boolean): RoundMode {
  return { isSynchronous: false, recipients: 'all', maximumStaleness, acceptsLate };
}
