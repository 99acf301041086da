import type { LossReason } from '../journal/reasons.ts';
import type { Copy, LinkWay } from '../network/link-model.ts';
import type { SharedWay } from '../network/shared-channels.ts';
import type { SharedLinks } from '../network/shared-links.ts';
import type { NodeContext } from '../nodes/context.ts';
import type { Message } from '../nodes/messages.ts';
import type { TimeUs } from '../simulation/time.ts';
import { recordRetries } from './lost-message.ts';
import type { SharedMessage } from './message-sender.ts';
import type { Reach } from './reach.ts';

/** A message that is sent over a shared channel, or waits to be: plain data. Owns its value. */
export interface OpenSending {
  from: string;
  to: string;
  message: Message;
  way: SharedWay;
  bytes: number;
  /** How many come out of the link, unless it is lost. */
  copies: number;
  /** Of a message with several copies: its number, and how many there are in all. */
  group: { number: number; of: number } | null;
  /** How often it was sent again. */
  retries: number;
}

interface SendingParts {
  /** By number. */
  open: Map<number, OpenSending>;
  links: SharedLinks;
  wayOf: (way: SharedWay) => LinkWay;
  context: Pick<NodeContext, 'nowUs' | 'record' | 'random'> & { keep(value: number): void };
  reach: Reach;
  /** Names the random stream of a link. */
  stream: (lower: string, direction: 'up' | 'down') => string;
  nextNumber: () => number;
  /** The number of a message of which `copies` come out. */
  nextGroup: (copies: number) => number;
  /** Its first bit can be sent: `ended` or `failed` follows. */
  begin: (number: number, sending: OpenSending, atUs: TimeUs) => void;
  /** Calls `start` at that time. */
  wait: (atUs: TimeUs, number: number) => void;
  /** Takes a copy that comes out of the link, and its value; `sentUs`: when the last bit was sent. */
  arrive: (sending: OpenSending, copy: Copy, sentUs: TimeUs) => void;
  /** Takes one that is lost, and its value. */
  lose: (sending: OpenSending, reason: LossReason) => void;
}

/** Messages over shared channels in both worlds, from their senders to the end of their last bits. */
export class Sendings {
  readonly #parts: SendingParts;

  constructor(parts: SendingParts) {
    this.#parts = parts;
  }

  get open(): ReadonlyMap<number, OpenSending> {
    return this.#parts.open;
  }

  send(from: string, to: string, { message, contact, shared }: SharedMessage): void {
    const { links, wayOf, context, open, nextNumber, nextGroup, wait } = this.#parts;
    const { lower, upper, direction, bytes, delaysUs } = shared;
    const way = { lower, upper, direction, contact };
    const random = () => this.#random(way);
    const copies = delaysUs.map(() => links.drawCopies(wayOf(way), random));
    const of = copies.reduce((sum, each) => sum + each, 0);
    const group = of > 1 ? { number: nextGroup(of), of } : null;
    for (const [index, delayUs] of delaysUs.entries()) {
      if ('value' in message) context.keep(message.value);
      const number = nextNumber();
      const rest = { bytes, copies: copies[index]!, group, retries: 0 };
      open.set(number, { from, to, message, way, ...rest });
      if (delayUs === 0) this.start(number, context.nowUs);
      else wait(context.nowUs + delayUs, number);
    }
  }

  /** It is sent now, for the first time or again. */
  start(number: number, atUs: TimeUs): void {
    const { open, reach, begin } = this.#parts;
    const sending = open.get(number);
    if (sending === undefined) return;
    const { from, to, message, way } = sending;
    const obstacle = reach.obstacle(from, to, message, way.contact);
    // That its receiver has crashed shows when it arrives.
    if (obstacle === null || obstacle === 'crashed') begin(number, sending, atUs);
    else this.#lose(number, obstacle);
  }

  /** Its last bit was sent at `toUs`, its first at `fromUs`. */
  ended(number: number, fromUs: TimeUs, toUs: TimeUs): void {
    const { links, wayOf, context, open, wait, arrive } = this.#parts;
    const sending = open.get(number);
    if (sending === undefined) return;
    const { from, to, message, copies } = sending;
    const way = wayOf(sending.way);
    const random = () => this.#random(sending.way);
    if (links.isLost(way, fromUs, toUs, random)) {
      if (sending.retries === links.maximumRetries(way)) {
        this.#lose(number, 'link');
        return;
      }
      sending.retries += 1;
      recordRetries(from, to, message, 1, context);
      wait(toUs + links.latencyUs(way), number);
      return;
    }
    open.delete(number);
    for (let copy = 0; copy < copies; copy += 1) {
      if (copy > 0 && 'value' in message) context.keep(message.value);
      arrive(sending, links.drawCopy(way, random), toUs);
    }
  }

  /** Its contact has ended under way. */
  failed(number: number): void {
    this.#lose(number, 'left-range');
  }

  #lose(number: number, reason: LossReason): void {
    const { open, lose } = this.#parts;
    const sending = open.get(number);
    if (sending === undefined) return;
    open.delete(number);
    lose(sending, reason);
  }

  #random({ lower, direction }: SharedWay) {
    return this.#parts.context.random(this.#parts.stream(lower, direction));
  }
}
