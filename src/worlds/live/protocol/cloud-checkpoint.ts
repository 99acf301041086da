import type { CloudState } from '../../../nodes/cloud.ts';
import type { ReplicaState } from '../../../nodes/hierarchy/replica-state.ts';

/** The cloud's state for another process to resume from, without its vectors: plain data. */
export type CloudMemory = Pick<
  CloudState,
  'version' | 'rounds' | 'updates' | 'gradients' | 'started' | 'evaluatedGradients'
>;

/** The cloud after one of its updates: plain data. */
export interface CloudCheckpoint {
  memory: CloudMemory;
  theta: Float32Array;
  /** The optimiser's state; null for one without state. */
  optimiser: Float32Array | null;
}

export function memoryOf(cloud: CloudState | ReplicaState): CloudMemory {
  const { version, rounds, updates, gradients } = cloud;
  const { started, evaluatedGradients } =
    'started' in cloud ? cloud : { started: 0, evaluatedGradients: 0 };
  return { version, rounds, updates, gradients, started, evaluatedGradients };
}

/**
 * The state from which a cloud resumes that was at `memory`, when others have seen `newest`: in a
 * round unknown to them, and with a new version where updates after `memory` are lost.
 */
export function afterwards(
  memory: CloudMemory,
  newest: { version: number; round: number },
): CloudMemory {
  const isBehind = memory.version < newest.version;
  return {
    ...memory,
    version: isBehind ? newest.version + 1 : memory.version,
    rounds: Math.max(memory.rounds, newest.round),
  };
}
