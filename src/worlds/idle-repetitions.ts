/** A repetition without a gradient may be an accident, or a round that lasts longer than the trace. */
const MOST_IDLE_REPETITIONS = 10;

/** How long the cloud has received no gradient: plain data. */
export interface IdleRepetitions {
  /** Repetitions of the trace in a row without a gradient. */
  count: number;
  /** Gradients that the cloud had when this repetition began. */
  gradientsBefore: number;
}

export function noIdleRepetitions(): IdleRepetitions {
  return { count: 0, gradientsBefore: 0 };
}

/**
 * Counts a repetition of the trace that is over. Out: whether the run is stalled. `awaitsReturn`:
 * something that is down will come back, and may end the wait.
 */
export function countRepetition(
  idle: IdleRepetitions,
  gradients: number,
  awaitsReturn: boolean,
): boolean {
  if (gradients > idle.gradientsBefore) idle.count = 0;
  else if (!awaitsReturn) idle.count += 1;
  idle.gradientsBefore = gradients;
  return idle.count >= MOST_IDLE_REPETITIONS;
}
