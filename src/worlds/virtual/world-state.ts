import { type ByzantineLayerState, newByzantineLayerState } from '../../faults/byzantine-layer.ts';
import type { EndReason } from '../../journal/reasons.ts';
import type { BatchStream } from '../../learning/batch-stream.ts';
import { openSampling, type SamplingState } from '../../learning/sampling/sampler.ts';
import { openWindows, type WindowState } from '../../learning/windows/window-source.ts';
import type { Signal } from '../../mobility/radio/signal.ts';
import {
  type ChannelEvent,
  type ChannelsState,
  idleChannels,
} from '../../network/shared-channels.ts';
import type { CloudState } from '../../nodes/cloud.ts';
import type { Timer } from '../../nodes/context.ts';
import type { ReplicaState } from '../../nodes/hierarchy/replica-state.ts';
import type { Message, ValueId } from '../../nodes/messages.ts';
import { emptyQueue, type QueueState } from '../../simulation/event-queue.ts';
import type { RandomState } from '../../simulation/random.ts';
import type { TimeUs } from '../../simulation/time.ts';
import { openBatchStreams } from '../batch-source.ts';
import type { AttackSwitch } from '../byzantine-nodes.ts';
import { type CopiesState, noCopies } from '../copies.ts';
import { type IdleRepetitions, noIdleRepetitions } from '../idle-repetitions.ts';
import { type NodeStates, newNodeStates } from '../node-set.ts';
import type { OpenSending } from '../sendings.ts';
import type { TracePosition } from '../trace-playback.ts';
import type { WorldSettings } from '../world-settings.ts';

/** An event of the queue. Owns the value of its message, and the value that its timer needs. */
export type WorldEvent =
  | {
      type: 'message';
      from: string;
      to: string;
      message: Message;
      contact: number | null;
      /** Of a message with several copies. */
      copies?: number;
      corrupted?: true;
    }
  | { type: 'timer'; node: string; timer: Timer; needs: ValueId | null }
  /** A message over a shared channel is sent, for the first time or again. */
  | { type: 'sending'; sending: number }
  | ChannelEvent
  /** The failure at this index of the settings begins or is over. */
  | { type: 'failure' | 'recovery'; failure: number }
  | AttackSwitch
  /** The next movement of the trace: `trace` has its position. */
  | { type: 'movement' }
  | { type: 'time-over' };

/** Order of events at equal times: lower first, and 0 for all others. */
export const PRIORITY = { movement: -1, timeOver: 1 } as const;

/** All that changes while a world runs, except the values: plain data. */
export interface WorldState extends NodeStates {
  nowUs: TimeUs;
  queue: QueueState<WorldEvent>;
  cloud: CloudState | ReplicaState;
  trace: TracePosition;
  idle: IdleRepetitions;
  /** By worker, then by server: the contact while it lasts. */
  contacts: Map<string, Map<string, number>>;
  /** By contact that lasts, where the radio's model foretells it. */
  signals: Map<number, Signal>;
  /** By contact that lasts: until when nothing passes, after a handover. */
  handedOver: Map<number, TimeUs>;
  /** Servers whose link to the one above is cut. */
  cut: Set<string>;
  copies: CopiesState;
  /** Channels that transfers share. */
  channels: ChannelsState;
  /** Messages on these or about to be, by number. */
  sendings: Map<number, OpenSending>;
  /** Nodes that are Byzantine now, by layer. */
  attackers: Map<string, ByzantineLayerState>;
  /** Workers with a server. */
  inRange: number;
  streams: Map<string, RandomState>;
  batches: Map<string, BatchStream>;
  /** By worker that collects samples where it is. */
  sampling: Map<string, SamplingState>;
  /** By worker with a model of its own. */
  windows: Map<string, WindowState>;
  /** Each server's last aggregate, which holds its rule's state. */
  lastAggregates: Map<string, ValueId>;
  nextIds: { gradient: number; result: number; sending: number };
  computed: number;
  started: boolean;
  ended: EndReason | null;
}

/** `theta`: called for each reference to the untrained model, which the state owns from then on. */
export function newWorldState(settings: WorldSettings, theta: () => ValueId): WorldState {
  const { servers, workers, attackers } = settings;
  const ids = [...servers.map(({ id }) => id), ...workers];
  const nodes = newNodeStates(ids, settings, theta);
  return {
    nowUs: 0,
    queue: emptyQueue(),
    ...nodes,
    cloud: nodes.cloud!,
    trace: { repetition: 0, cursor: 0 },
    idle: noIdleRepetitions(),
    contacts: new Map(workers.map((id) => [id, new Map()])),
    signals: new Map(),
    handedOver: new Map(),
    cut: new Set(),
    copies: noCopies(),
    channels: idleChannels(),
    sendings: new Map(),
    attackers: new Map([...attackers.keys()].map((layer) => [layer, newByzantineLayerState()])),
    inRange: 0,
    streams: new Map(),
    batches: openBatchStreams(settings),
    sampling: settings.sampling === null ? new Map() : openSampling(settings.sampling),
    windows: settings.windows === null ? new Map() : openWindows(settings.windows),
    lastAggregates: new Map(),
    nextIds: { gradient: 0, result: 0, sending: 0 },
    computed: 0,
    started: false,
    ended: null,
  };
}
