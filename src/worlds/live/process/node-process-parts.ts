import type { ComputationSettings } from '../../computing/computation-settings.ts';
import type { TaskPool } from '../../computing/thread-pool.ts';
import type { ValueStore } from '../../computing/value-store.ts';
import type { VectorMemory } from '../../computing/vector-memory.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { Background, ProcessMessage } from '../protocol/control-message.ts';
import type { Envelope } from '../protocol/envelope.ts';
import type { LiveClock } from '../protocol/live-clock.ts';
import type { FailureMessage, FaultTransition, Movement } from '../protocol/movement-message.ts';
import type { ProcessSlot } from '../protocol/placement.ts';
import type { TransferEnded } from '../protocol/transfer-message.ts';
import type { CloudCheckpointSender } from './cloud-checkpoint-sender.ts';
import type { Deliveries } from './deliveries.ts';
import type { LiveContext } from './live-context.ts';
import type { NodeTimers, WaitingTimer } from './node-timers.ts';
import type { PeerLinks } from './peer-links.ts';
import type { ProcessNodes } from './process-nodes.ts';

export interface NodeProcessParts {
  settings: WorldSettings;
  computation: ComputationSettings;
  memory: VectorMemory;
  pool: TaskPool;
  /** The untrained model, where nodes have one of their own; null elsewhere. */
  theta: Float32Array | null;
  compute: 'measured' | 'modelled';
  shapesLinks: boolean;
  clock: LiveClock;
  links: PeerLinks;
  slots: readonly ProcessSlot[];
  self: number;
  /** Generation of this process in its slot, from 0. */
  generation: number;
  /** `left`: the body has been sent, or never will be. */
  send: (message: ProcessMessage, body?: MessageBody, left?: () => void) => void;
  /** Gets what owns values when no more events are handled: tests count them. */
  onOver?: (owners: ValueOwners) => void;
}

/** The parts of a process that own values. */
export interface ValueOwners {
  values: ValueStore;
  nodes: ProcessNodes;
  context: LiveContext;
  timers: NodeTimers;
  deliveries: Deliveries;
  checkpoints: CloudCheckpointSender | null;
}

export type MessageBody = Float32Array | Uint8Array;

export type NodeProcessEvent =
  | { type: 'timer'; waiting: WaitingTimer }
  /** `generation`: of the worker's process when the movement was announced. */
  | { type: 'movement'; movement: Movement; generation: number }
  | FaultTransition
  /** Nodes of a tree of models go on whose process was lost. */
  | { type: 'take-over'; known: Background }
  | { type: 'failure'; message: FailureMessage }
  /** Gradients started in the whole run, for the cloud that counts them. */
  | { type: 'started'; gradients: number }
  /** A message over a shared channel is sent, for the first time or again. */
  | { type: 'sending'; sending: number }
  | TransferEnded
  | { type: 'dispatch' | 'transmit' | 'arrival'; envelope: Envelope };
