import type { Signal } from '../mobility/radio/signal.ts';
import type { RandomStream } from '../simulation/random.ts';
import type { TimeUs } from '../simulation/time.ts';

/** The way of a message from one node to another, as a link sees it. */
export interface LinkWay {
  /** The node nearer to the workers, whose link to the other one this is. */
  lower: string;
  upper: string;
  direction: 'up' | 'down';
  /** Between a worker and a server in range, otherwise between two servers. */
  isRadio: boolean;
  /** Of the contact, where the radio's model foretells it. */
  signal?: Signal | undefined;
}

/** A message on its way. */
export interface Transfer extends LinkWay {
  bytes: number;
  /** When the first bit is sent. */
  sentUs: TimeUs;
}

/** A copy of a message that a link delivers. */
export interface Copy {
  /** From the first bit sent to the last bit received. */
  delayUs: TimeUs;
  corrupted: boolean;
}

/** Outcome of a message on a link. */
export interface Carried {
  /** How often it is sent again after a loss. */
  retries: number;
  /** Delivered copies: none, one or several. */
  copies: Copy[];
}

/** Effect of links on messages. A new model is a file beside constant-links.ts. */
export interface LinkModel {
  /** Time from the first bit sent to the last bit received, without what random delays add. */
  plainUs(transfer: Transfer): TimeUs;
  carry(transfer: Transfer, random: () => RandomStream): Carried;
}
