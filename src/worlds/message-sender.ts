import type { Signal } from '../mobility/radio/signal.ts';
import type { Copy, LinkModel, LinkWay, Transfer } from '../network/link-model.ts';
import { LinkShaper } from '../network/link-shaper.ts';
import type { SharedLinks } from '../network/shared-links.ts';
import type { NodeContext } from '../nodes/context.ts';
import { isUp, type Message, messageBytes, type ValueId } from '../nodes/messages.ts';
import { deliveries } from '../rules/running/delivering.ts';
import { modelFactor } from '../rules/running/model-factor.ts';
import type { RandomStream } from '../simulation/random.ts';
import type { TimeUs } from '../simulation/time.ts';
import { recordLost, recordLostCopy, recordRetries } from './lost-message.ts';
import type { Reach } from './reach.ts';
import { recordTransferStart, type TransferRecorder } from './transfers.ts';
import type { WorldSettings } from './world-settings.ts';

type SenderSettings = Pick<
  WorldSettings,
  'servers' | 'poisons' | 'deliveryAttacks' | 'modelAttacks' | 'dimension'
>;

interface SenderParts {
  settings: SenderSettings;
  context: Pick<NodeContext, 'nowUs' | 'record' | 'random' | 'numberOf' | 'addScaled'> &
    TransferRecorder;
  links: LinkModel;
  shared: Pick<SharedLinks, 'channelOf'>;
  /** Whether messages of one link leave one after another; else each has it for itself. */
  shapesLinks: boolean;
  reach: Reach;
  /** By contact that lasts, where the radio's model foretells it. */
  signals: ReadonlyMap<number, Signal>;
  /** By contact: until when nothing passes, after a handover. */
  handedOver: ReadonlyMap<number, TimeUs>;
  /** Whether a node is Byzantine now, or may be drawn to be at the next aggregation. */
  mayBeByzantine: (node: string) => boolean;
  /** Names the random stream of a link, by its lower end and the direction of the message. */
  stream: (lower: string, direction: 'up' | 'down') => string;
}

/** A message that has left its sender, over a link that it does not share. */
export interface SentMessage {
  message: Message;
  contact: number | null;
  /** When its link is free for it: now, unless links are shaped. */
  sentUs: TimeUs;
  /** How long its link takes from then on, without what random delays and faults add. */
  plainUs: TimeUs;
  /** At least one. */
  copies: Copy[];
  /** The model that the receiver gets instead of the sender's own, which the caller owns; null: that. */
  forgedModel: ValueId | null;
}

/** A message that its sender is about to send over a channel that it shares. */
export interface SharedMessage {
  message: Message;
  contact: number | null;
  /** As of one that has left its sender. */
  forgedModel: ValueId | null;
  shared: Pick<LinkWay, 'lower' | 'upper' | 'direction'> & {
    bytes: number;
    /** Of each sending: by how much its sender delays it. */
    delaysUs: readonly TimeUs[];
  };
}

/** The delays of a message that is sent once, now. */
const AT_ONCE: readonly TimeUs[] = [0];

/** The effects of sender, range and link on a message, in both worlds. */
export class MessageSender {
  readonly #parts: SenderParts;
  readonly #layerOfServer: ReadonlyMap<string, string>;
  readonly #shaper: LinkShaper | null;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#shaper = parts.shapesLinks ? new LinkShaper(parts.links) : null;
    this.#layerOfServer = new Map(parts.settings.servers.map(({ id, layer }) => [id, layer]));
  }

  /** Null when no copy will come out of the link: the loss is recorded then. */
  send(from: string, to: string, message: Message): SentMessage | SharedMessage | null {
    const { settings, context, links, shared, reach, signals, stream } = this.#parts;
    const bytes = messageBytes(message, settings.dimension);
    recordTransferStart(from, to, message, bytes, context);
    const contact = reach.contactOf(from, to);
    if (contact === undefined) {
      recordLost(from, to, message, 'left-range', context);
      return null;
    }
    if (contact === null && reach.isCut(from, to, message)) {
      recordLost(from, to, message, 'cut', context);
      return null;
    }
    const isUpward = isUp(message);
    const direction = isUpward ? 'up' : 'down';
    const lower = isUpward ? from : to;
    const upper = isUpward ? to : from;
    const isRadio = contact !== null;
    const signal = contact === null ? undefined : signals.get(contact);
    const { nowUs } = context;
    // Written out, here and below: a spread of an object costs more than all else that a message does.
    const transfer: Transfer = { lower, upper, direction, isRadio, signal, bytes, sentUs: nowUs };
    const delaysUs = this.#delaysUs(contact, from, message);
    if (delaysUs.length === 0) {
      recordLost(from, to, message, 'attack', context);
      return null;
    }
    if (shared.channelOf(transfer) !== null) {
      const sharing = { lower, upper, direction, bytes, delaysUs } as const;
      return { ...this.#sent(from, to, message), contact, shared: sharing };
    }
    const random = () => context.random(stream(lower, direction));
    const { copies, sendings } = this.#copies(from, to, message, transfer, delaysUs, random);
    if (copies.length === 0) return null;
    const { message: sent, forgedModel } = this.#sent(from, to, message);
    const plainUs = links.plainUs(transfer);
    if (this.#shaper === null) {
      return { message: sent, contact, sentUs: nowUs, plainUs, copies, forgedModel };
    }
    const shaped = this.#shaper.shape({ transfer, sendings });
    const lessUs = plainUs - shaped.plainUs;
    const shorter = copies.map((copy) => ({ ...copy, delayUs: copy.delayUs - lessUs }));
    return { message: sent, contact, ...shaped, copies: shorter, forgedModel };
  }

  /** The message as its sender sends it. */
  #sent(from: string, to: string, message: Message): Pick<SentMessage, 'message' | 'forgedModel'> {
    const forgedModel = this.#forgedModel(from, to, message);
    const sent = forgedModel === null ? message : ({ ...message, value: forgedModel } as Message);
    return { message: this.#marked(from, sent), forgedModel };
  }

  /** The forged model that a Byzantine server sends this child; null where it sends its own. */
  #forgedModel(from: string, to: string, message: Message): ValueId | null {
    const { settings, context, mayBeByzantine } = this.#parts;
    const attack = settings.modelAttacks.get(this.#layerOf(from));
    if (attack === undefined || message.type !== 'model' || !mayBeByzantine(from)) return null;
    const random = context.random(`equivocation/${from}`);
    const factor = modelFactor(attack, { child: context.numberOf(to) }, { random });
    if (factor === 1) return null;
    return context.addScaled(message.value, message.value, factor - 1);
  }

  /** Marks a vector that may be forged; what comes of poisoned samples is not, it was computed from them. */
  #marked(from: string, message: Message): Message {
    const { settings, mayBeByzantine } = this.#parts;
    const { type } = message;
    if (type !== 'gradient' && type !== 'update' && type !== 'result') return message;
    const isPoisoned = settings.poisons && !this.#layerOfServer.has(from);
    const layer = this.#layerOf(from);
    const isOther = settings.deliveryAttacks.has(layer) || settings.modelAttacks.has(layer);
    if (isPoisoned || isOther) return message;
    return mayBeByzantine(from) ? { ...message, mayBeByzantine: true } : message;
  }

  /** The copies that come out of the link; none is recorded as a loss. */
  #copies(
    from: string,
    to: string,
    message: Message,
    transfer: Transfer,
    delaysUs: readonly TimeUs[],
    random: () => RandomStream,
  ): { copies: Copy[]; sendings: number } {
    const { context, links } = this.#parts;
    let retries = 0;
    let losses = 0;
    const copies: Copy[] = [];
    for (const delayUs of delaysUs) {
      const ofSending =
        delayUs === 0 ? transfer : { ...transfer, sentUs: transfer.sentUs + delayUs };
      const out = links.carry(ofSending, random);
      retries += out.retries;
      if (out.copies.length === 0) losses += 1;
      for (const { delayUs: ownUs, corrupted } of out.copies) {
        copies.push({ delayUs: delayUs + ownUs, corrupted });
      }
    }
    if (retries > 0) recordRetries(from, to, message, retries, context);
    // A Byzantine sender may send several times: the message is lost with the last of them.
    const isLost = copies.length === 0;
    for (let loss = isLost ? 1 : 0; loss < losses; loss += 1) {
      recordLostCopy(from, to, message, 'link', context);
    }
    if (isLost) recordLost(from, to, message, 'link', context);
    return { copies, sendings: delaysUs.length + retries };
  }

  /** The delay of each sending of a message: after a handover until something passes again. */
  #delaysUs(contact: number | null, from: string, message: Message): readonly TimeUs[] {
    const { context, handedOver } = this.#parts;
    const untilUs = contact === null ? 0 : (handedOver.get(contact) ?? 0);
    const waitUs = Math.max(0, untilUs - context.nowUs);
    const delaysUs = this.#attackDelaysUs(from, message);
    return waitUs === 0 ? delaysUs : delaysUs.map((delayUs) => waitUs + delayUs);
  }

  /** One of 0, unless the sender attacks the delivery of its messages. */
  #attackDelaysUs(from: string, message: Message): readonly TimeUs[] {
    const { type: kind } = message;
    const { settings, context, mayBeByzantine } = this.#parts;
    const attack = settings.deliveryAttacks.get(this.#layerOf(from));
    const carriesOwn = kind === 'gradient' || kind === 'result' || kind === 'update';
    if (attack === undefined || !carriesOwn || !mayBeByzantine(from)) return AT_ONCE;
    const random = context.random(`delivery/${from}`);
    return deliveries(attack, { kind }, { random }).map((delayMs) => Math.round(delayMs * 1000));
  }

  #layerOf(node: string): string {
    return this.#layerOfServer.get(node) ?? 'worker';
  }
}
