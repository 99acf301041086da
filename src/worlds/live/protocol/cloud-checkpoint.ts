import type { CloudState } from '../../../nodes/cloud.ts';
import type { ReplicaState } from '../../../nodes/hierarchy/replica-state.ts';

/** The cloud's state for another process to resume from, without its vectors: plain data. */
export type CloudCounters = Pick<
  CloudState,
  'version' | 'rounds' | 'updates' | 'gradients' | 'started' | 'evaluatedGradients'
>;

/** The cloud after one of its updates: plain data. */
export interface CloudCheckpoint {
  counters: CloudCounters;
  theta: Float32Array;
  /** The optimiser's state; null for one without state. */
  optimiser: Float32Array | null;
}

export function countersOf(cloud: CloudState | ReplicaState): CloudCounters {
  const { version, rounds, updates, gradients } = cloud;
  const { started, evaluatedGradients } =
    cloud.type === 'cloud' ? cloud : { started: 0, evaluatedGradients: 0 };
  return { version, rounds, updates, gradients, started, evaluatedGradients };
}

/**
 * The state from which a cloud resumes that was at `counters`, when others have seen `newest`: in a
 * round unknown to them, and with a new version where updates after `counters` are lost.
 */
export function afterwards(
  counters: CloudCounters,
  newest: { version: number; round: number },
): CloudCounters {
  const isBehind = counters.version < newest.version;
  return {
    ...counters,
    version: isBehind ? newest.version + 1 : counters.version,
    rounds: Math.max(counters.rounds, newest.round),
  };
}
