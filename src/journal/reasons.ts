/** Why a gradient or an edge result was not used. */
export type DropReason =
  /** The worker left the server's range before the gradient was sent. */
  | 'left-range'
  /** The worker was handed over to another server before the gradient was sent. */
  | 'handover'
  /** The worker left the map. */
  | 'left-map'
  /** The server had closed its aggregation: the worker received its new model while computing. */
  | 'round-closed'
  /** The server had closed its aggregation before the message arrived. */
  | 'late'
  /** The server had too few vectors at its deadline, so it aggregated none. */
  | 'too-few'
  /** It was more versions behind than the bound on staleness allows. */
  | 'stale'
  /** The server had as many of this worker in its aggregation as it takes. */
  | 'too-many'
  /** Its worker or its server crashed, and had not sent it or lost it. */
  | 'crashed'
  /** Its node received its parent's model, and gives up its own unsent change then. */
  | 'discarded'
  /** It was under way when a live run was resumed: the processes of before are gone. */
  | 'resumed';

/**
 * Why a message does not arrive. `link`: at random. `left-range`: the contact broke. `cut`: the
 * link was cut when it was sent or arrived. `crashed`: its receiver was down. `corrupted`: it was
 * damaged on the link, as its receiver's checksum showed. `attack`: its sender was Byzantine and dropped
 * it.
 */
export type LossReason = 'link' | 'corrupted' | 'left-range' | 'cut' | 'crashed' | 'attack';

/** Why a worker does not train on a window: too many waited already, or it was down. */
export type WindowDropReason =
  | 'queue-full'
  | 'crashed'
  | 'resumed'
  | 'left-range'
  | 'handover'
  | 'left-map';

/**
 * Why a run ended. `windows`: every worker of a tree of models that is with a server is done and all is merged; windows of workers out of range then have no end. `trace`: with mobility.end: stop, the trace was over. `stalled`: the trace was
 * played ten times in a row without a gradient that reached the cloud, and in a live run for
 * `live.patienceS` of wall time too. `stopped`: by the user, a live run. `lost`: a process of a live run was lost for good, and training could not continue
 * without it.
 */
export type EndReason =
  | 'epochs'
  | 'rounds'
  | 'windows'
  | 'time'
  | 'trace'
  | 'stalled'
  | 'stopped'
  | 'lost';

/**
 * A server's policy when it has fewer vectors than its rule needs: it has no result (`skip`),
 * collects on until it has enough or its deadline has come (`wait`), or aggregates with another
 * rule (`fallback`; no result where there are too few for that too).
 */
export type TooFewPolicy = 'skip' | 'wait' | 'fallback';

/** How a gradient or an edge result ends. `in-flight`: it was under way when the run ended. */
export type Outcome = 'aggregated' | 'dropped' | 'lost' | 'in-flight';
