import type { Message } from '../../nodes/messages.ts';
import type { TimeUs } from '../../simulation/time.ts';
import type { Wire } from './parcel.ts';

/** What hosts say to each other. A vector is the frame's body. */
export type PeerMessage =
  /** First of all: which host this is, and which of those that its place has had. */
  | { type: 'peer'; host: number; life: number }
  | {
      type: 'nodes';
      /** It does not arrive before: when it was sent, and later by what the link's model says. */
      dueUs: TimeUs;
      from: string;
      to: string[];
      /** By receiver: the contact; null between servers. */
      contacts: (number | null)[];
      wire: Wire | null;
      /** Without its value, which the body holds. */
      message: BareMessage;
      /** Of a gradient: what was found out besides the vector. */
      finite?: boolean;
      loss?: number;
    }
  /** To the cloud's host: what a worker works on, in rounds with bounded staleness. */
  | { type: 'work'; worker: string; version: number | null }
  /** To the host of its server: a worker has recovered from a crash. */
  | { type: 'recovered'; worker: string; server: string };

export type BareMessage = Message extends infer Each
  ? Each extends Message
    ? Omit<Each, 'value'>
    : never
  : never;
