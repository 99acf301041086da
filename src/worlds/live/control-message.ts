import type { DropReason, EndReason, SimulatedEvent } from '../../journal/events.ts';
import type { MobilityEvent } from '../../mobility/contacts.ts';
import type { ValueId } from '../../nodes/messages.ts';
import type { TimeUs } from '../../simulation/time.ts';
import type { Connection } from '../../transport/connection.ts';
import type { Header } from '../../transport/frame.ts';
import type { CloudMemory } from './cloud-checkpoint.ts';
import type { ClockReading } from './live-clock.ts';
import type { PeerMessage } from './peer-message.ts';
import type { Address, HostPlace } from './placement.ts';
import type { Machine } from './share-out.ts';

/** What simulator and hosts say to each other on the control connection. */
export const LIVE_PROTOCOL = 1;

/** A movement as the hosts of its worker and its servers need it. */
export type Movement =
  | Exclude<MobilityEvent, { type: 'associate' }>
  | {
      timeUs: TimeUs;
      type: 'associate';
      worker: string;
      server: string | null;
      previous: string | null;
      /** What becomes of gradients that are dropped for it. */
      reason: DropReason;
    };

/** A node whose lies begin or end, as its host needs it. */
export interface Turn {
  timeUs: TimeUs;
  type: 'turn';
  node: string;
  /** Whether what it sends from now on is a lie, or may be drawn to be one. */
  lies: boolean;
  /** What the journal tells of it: near which server it counts. Null for nothing. */
  told: { server: string | null } | null;
}

/** Facts that are still missing follow under the same `late`, a number of the host's own. */
export type ReportItem =
  | { type: 'record'; event: SimulatedEvent; late: ValueId | null }
  | { type: 'settle'; late: ValueId; facts: Record<string, unknown> };

/** Numbers of gradients and of results. */
export interface Numbers {
  gradients: number[];
  results: number[];
}

/** A process is gone: what a host knows of that. */
export interface Has {
  /** The place of the process that is gone. */
  lost: number;
  /** What comes from its nodes and is here. */
  elsewhere: Numbers;
  /** What nodes here have sent there lately. */
  sentThere: Numbers;
  /** Of the newest model of the cloud that came here. */
  newest: { version: number; round: number };
}

/** From a host to the simulator. */
export type HostMessage =
  /** First of all; the number of the process among those of the run. */
  | { type: 'hello'; protocol: number; pid: number; place: number }
  /**
   * First of all on the cloud's second connection, for its model: what is small shall not wait behind
   * that. The nonce is the one of its setup. Answered by `kept`.
   */
  | { type: 'bulk'; place: number; life: number; nonce: string }
  /** It has made its share of the run; where other hosts reach it. */
  | { type: 'ready'; address: Address }
  | { type: 'failed'; message: string; isInput: boolean }
  /** Its own wall time: every answer tells it the simulator's. */
  | { type: 'ping'; hostWallUs: number }
  | { type: 'report'; items: ReportItem[] }
  /** The items of an owner's next batch are wanted for that value. */
  | { type: 'batch-wanted'; owner: string; value: ValueId }
  /** The clock shall stand still until as many `release` have come. */
  | { type: 'hold' }
  | { type: 'release' }
  /** Nothing happens here since the clock was held for the so-manieth time. */
  | { type: 'held'; change: number }
  | { type: 'finish'; reason: EndReason }
  /** The body is JSON: a `Has`. */
  | { type: 'has' }
  /**
   * The cloud after an update: theta is the body. What its optimiser remembers came just before.
   * On the second connection. None follows until this one is `kept`, but one before `held`, which
   * waits until that is kept.
   */
  | { type: 'checkpoint'; memory: CloudMemory }
  | { type: 'optimiser-memory' }
  /** All that there was to say. */
  | { type: 'ended'; computed: number };

/** From an agent that starts processes on its machine, first of all. */
export interface OfferMessage extends Machine {
  type: 'offer';
  protocol: number;
}

/** To such an agent: the processes that it shall start. */
export type StartMessage =
  /** Nodes of a live run, by the numbers of their processes. */
  | { type: 'start'; places: number[] }
  /** One that computes for a virtual run, under that name, on all the cores that were offered. */
  | { type: 'compute'; name: string };

/** A node that crashes or recovers, or a server's link to the one above that is cut or restored. */
export type FailureMessage =
  | { type: 'crash'; node: string; state: 'lost' | 'kept' }
  /** `hasCrashed`: the journal says so; otherwise the run was resumed, which is no crash. */
  | { type: 'recover'; node: string; hasCrashed: boolean }
  | { type: 'cut' | 'restore'; server: string };

/** From the simulator to a host. */
export type SimulatorMessage =
  | { type: 'refused'; reason: string }
  /** The body is JSON: a `HostSetup`. */
  | { type: 'setup'; self: number }
  /** By host: where it is reached; null for those that are not there. */
  | { type: 'peers'; addresses: (Address | null)[] }
  | { type: 'pong'; hostWallUs: number; wallUs: number }
  /** Its wall time is the simulator's. `change` counts the clock messages. */
  | { type: 'clock'; change: number; reading: ClockReading }
  | { type: 'movements'; movements: (Movement | Turn)[] }
  /** To the cloud, where started gradients are counted: so many have been, as it is to know. */
  | { type: 'started'; gradients: number }
  | FailureMessage
  /** First of all to a host of another life: who is down, what is cut, and its nodes' last rounds. */
  | { type: 'background'; down: string[]; cut: string[]; rounds: number[] }
  /** The items are the body, as bytes of a Uint32Array. `epoch`: the cloud's. */
  | { type: 'batch'; value: ValueId; epoch: number }
  /** A host is gone. */
  | { type: 'lost'; host: number }
  | { type: 'kept' }
  /** To the cloud of another life, on its second connection: what it goes on from. The vectors are the bodies. */
  | { type: 'restore-optimiser' }
  | { type: 'restore-cloud'; memory: CloudMemory; hasCrashed: boolean }
  | { type: 'end'; reason: EndReason }
  | { type: 'exit' };

/** What a process needs to become a host. Plain data. */
export interface HostSetup {
  /** What it makes the run's parts from: whoever started the world knows how. */
  run: unknown;
  places: HostPlace[];
  /** By place: how many of its processes were lost before. */
  lives: number[];
  /** Without a word from the simulator for so long it is gone. */
  patienceS: number;
  /** Proves that its second connection is of the same process; null where it has none. */
  nonce: string | null;
}

/** Says it; false when more should wait. The body is lent until `left` is called. */
export function say(
  connection: Connection,
  message: HostMessage | SimulatorMessage | PeerMessage | OfferMessage | StartMessage,
  body: Float32Array | Uint8Array | null = null,
  left?: () => void,
): boolean {
  // Messages are plain data, which their types cannot show.
  return connection.send({ header: message as unknown as Header, body }, left);
}
