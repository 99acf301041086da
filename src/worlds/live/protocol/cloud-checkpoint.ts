import type { CloudState } from '../../../nodes/cloud.ts';
import type { ReplicaState } from '../../../nodes/hierarchy/replica-server.ts';

/** What the cloud goes on from in another process, besides its vectors: plain data. */
export type CloudMemory = Pick<
  CloudState,
  'version' | 'rounds' | 'updates' | 'gradients' | 'started' | 'evaluatedGradients'
>;

/** The cloud after one of its updates: plain data. */
export interface CloudCheckpoint {
  memory: CloudMemory;
  theta: Float32Array;
  /** What the optimiser remembers; null for one that remembers nothing. */
  optimiser: Float32Array | null;
}

export function memoryOf(cloud: CloudState | ReplicaState): CloudMemory {
  const { version, rounds, updates, gradients } = cloud;
  const { started, evaluatedGradients } =
    'started' in cloud ? cloud : { started: 0, evaluatedGradients: 0 };
  return { version, rounds, updates, gradients, started, evaluatedGradients };
}

/**
 * What a cloud goes on with that was at `memory`, when others have seen `newest`: in a round that
 * none of them knows, and with a version of its own where what came after `memory` is lost.
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
