import type { Signal } from '../mobility/radio/signal.ts';
import type { TimeUs } from '../simulation/time.ts';
import type { LinkWay } from './link-model.ts';
import { type SharedLinks, type Sharing, TOLERANCE_US } from './shared-links.ts';

/** The way of a message that shares a channel: plain data. */
export interface SharedWay extends Pick<LinkWay, 'lower' | 'upper' | 'direction'> {
  /** Null between servers. */
  contact: number | null;
}

/** A message that is sent over a channel, or waits for its turn: plain data. */
export interface SharedTransfer {
  number: number;
  way: SharedWay;
  /** At the channel's last change. */
  leftBits: number;
  /** When its first bit was sent; null while it waits. */
  servedUs: TimeUs | null;
  /** If nothing else begins or ends before; null while it waits. */
  endUs: TimeUs | null;
}

interface ChannelState {
  sharing: Sharing;
  /** When a transfer last began or ended. */
  sinceUs: TimeUs;
  /** Of its next end in the queue: others are out of date. */
  stamp: number;
  /** In the order in which they began. */
  transfers: SharedTransfer[];
}

/** Plain data. */
export interface ChannelsState {
  stamps: number;
  /** Those with transfers. */
  channels: Map<string, ChannelState>;
}

export function idleChannels(): ChannelsState {
  return { stamps: 0, channels: new Map() };
}

/** The next end of a transfer on a channel, unless something has begun or ended there since. */
export interface ChannelEvent {
  type: 'channel';
  channel: string;
  stamp: number;
}

interface ChannelParts {
  links: SharedLinks;
  /** Of a contact that lasts, where the radio's model foretells it. */
  signalOf: (way: SharedWay) => Signal | undefined;
  schedule: (timeUs: TimeUs, event: ChannelEvent) => void;
}

/**
 * Transfers that share channels: with `processor`, each of n sends at an n-th of the rate that it would have by
 * itself then; with `fifo`, the first one sends and the others wait. Changes happen at whole
 * microseconds: an end is rounded up.
 */
export class SharedChannels {
  readonly #state: ChannelsState;
  readonly #parts: ChannelParts;

  constructor(state: ChannelsState, parts: ChannelParts) {
    this.#state = state;
    this.#parts = parts;
  }

  /** The part of a way that a link depends on. */
  wayOf(way: SharedWay): LinkWay {
    // Field by field: this is asked for each transfer at each change, and spreads took half of a full channel's time.
    const { lower, upper, direction, contact } = way;
    const signal = contact === null ? undefined : this.#parts.signalOf(way);
    return { lower, upper, direction, isRadio: contact !== null, signal };
  }

  begin(number: number, way: SharedWay, bytes: number, nowUs: TimeUs): void {
    const { channels } = this.#state;
    const { id, sharing } = this.#parts.links.channelOf(this.wayOf(way))!;
    const transfer = { number, way, leftBits: bytes * 8, servedUs: null, endUs: null };
    const channel = channels.get(id);
    if (channel === undefined) {
      const opened = { sharing, sinceUs: nowUs, stamp: 0, transfers: [transfer] };
      channels.set(id, opened);
      this.#plan(id, opened);
    } else {
      this.#advance(channel, nowUs);
      channel.transfers.push(transfer);
      this.#plan(id, channel);
    }
  }

  isOutOfDate({ channel, stamp }: ChannelEvent): boolean {
    return this.#state.channels.get(channel)?.stamp !== stamp;
  }

  /** The next end of a channel has come. Out: what has been sent; nothing when it is out of date. */
  end(event: ChannelEvent, nowUs: TimeUs): SharedTransfer[] {
    if (this.isOutOfDate(event)) return [];
    return this.#remove(event.channel, ({ endUs }) => endUs !== null && endUs <= nowUs, nowUs);
  }

  /** A contact is over. Out: the transfers that have failed with it. */
  endContact(lower: string, upper: string, contact: number, nowUs: TimeUs): SharedTransfer[] {
    return (['up', 'down'] as const).flatMap((direction) => {
      const way = { lower, upper, direction, isRadio: true };
      const id = this.#parts.links.channelOf(way)?.id;
      return id === undefined
        ? []
        : this.#remove(id, (each) => each.way.contact === contact, nowUs);
    });
  }

  /** Gives up all that match. */
  giveUp(matches: (transfer: SharedTransfer) => boolean, nowUs: TimeUs): void {
    for (const id of [...this.#state.channels.keys()]) this.#remove(id, matches, nowUs);
  }

  #remove(
    id: string,
    matches: (transfer: SharedTransfer) => boolean,
    nowUs: TimeUs,
  ): SharedTransfer[] {
    const channel = this.#state.channels.get(id);
    const removed = channel?.transfers.filter(matches) ?? [];
    if (channel === undefined || removed.length === 0) return [];
    this.#advance(channel, nowUs);
    channel.transfers = channel.transfers.filter((each) => !removed.includes(each));
    if (channel.transfers.length === 0) this.#state.channels.delete(id);
    else this.#plan(id, channel);
    return removed;
  }

  /** Subtracts the bits sent since the last change. */
  #advance(channel: ChannelState, nowUs: TimeUs): void {
    const toUs = Math.max(nowUs, channel.sinceUs);
    const served = servedOf(channel);
    for (const transfer of served) {
      const alone = this.#parts.links.bits(this.wayOf(transfer.way), channel.sinceUs, toUs);
      transfer.leftBits = Math.max(0, transfer.leftBits - alone / served.length);
    }
    channel.sinceUs = toUs;
  }

  /** After a change: when each would end, and the first of them into the queue. */
  #plan(id: string, channel: ChannelState): void {
    const { sinceUs } = channel;
    const served = servedOf(channel);
    for (const transfer of served) {
      const bits = transfer.leftBits * served.length;
      const endUs = this.#parts.links.endUs(this.wayOf(transfer.way), bits, sinceUs);
      transfer.servedUs ??= sinceUs;
      transfer.endUs = Math.max(sinceUs, Math.ceil(endUs - TOLERANCE_US));
    }
    this.#state.stamps += 1;
    channel.stamp = this.#state.stamps;
    const firstUs = served.reduce((least, { endUs }) => Math.min(least, endUs!), Infinity);
    this.#parts.schedule(firstUs, { type: 'channel', channel: id, stamp: channel.stamp });
  }
}

function servedOf({ sharing, transfers }: ChannelState): SharedTransfer[] {
  return sharing === 'fifo' ? transfers.slice(0, 1) : transfers;
}
