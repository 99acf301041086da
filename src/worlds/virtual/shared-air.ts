import type { LossReason } from '../../journal/reasons.ts';
import type { Copy } from '../../network/link-model.ts';
import { type ChannelEvent, SharedChannels } from '../../network/shared-channels.ts';
import type { SharedLinks } from '../../network/shared-links.ts';
import type { NodeContext } from '../../nodes/context.ts';
import type { ValueId } from '../../nodes/messages.ts';
import { nextEntry, schedule, takeNext } from '../../simulation/event-queue.ts';
import { isHandedOver } from '../arriving.ts';
import { forgetCopy, sendCopies } from '../copies.ts';
import type { SharedMessage } from '../message-sender.ts';
import type { Reach } from '../reach.ts';
import { type OpenSending, Sendings } from '../sendings.ts';
import type { TransferRecorder } from '../transfers.ts';
import type { WorldState } from './world-state.ts';

interface SharedAirParts {
  shared: SharedLinks;
  context: Pick<NodeContext, 'nowUs' | 'record' | 'random'> &
    TransferRecorder & {
      keep(value: ValueId): void;
      release(value: ValueId): void;
    };
  reach: Reach;
  stream: (lower: string, direction: 'up' | 'down') => string;
}

/** Messages over shared channels in the virtual world. */
export class SharedAir {
  readonly #state: WorldState;
  readonly #parts: SharedAirParts;
  readonly #channels: SharedChannels;
  readonly #sendings: Sendings;

  constructor(state: WorldState, parts: SharedAirParts) {
    this.#state = state;
    this.#parts = parts;
    const { shared: links, context, reach, stream } = parts;
    const channels = new SharedChannels(state.channels, {
      links,
      signalOf: ({ contact }) => state.signals.get(contact!),
      schedule: (timeUs, event) => schedule(state.queue, timeUs, event),
    });
    this.#channels = channels;
    this.#sendings = new Sendings({
      open: state.sendings,
      links,
      wayOf: (way) => channels.wayOf(way),
      context,
      reach,
      stream,
      nextNumber: () => {
        const number = state.nextIds.sending;
        state.nextIds.sending += 1;
        return number;
      },
      nextGroup: (copies) => sendCopies(state.copies, copies)!,
      begin: (number, { way, bytes }, atUs) => channels.begin(number, way, bytes, atUs),
      wait: (atUs, sending) => schedule(state.queue, atUs, { type: 'sending', sending }),
      arrive: (sending, copy) => this.#arrive(sending, copy),
      lose: (sending, reason) => this.#lose(sending, reason),
    });
  }

  send(from: string, to: string, message: SharedMessage): void {
    this.#sendings.send(from, to, message);
  }

  start(sending: number): void {
    this.#sendings.start(sending, this.#state.nowUs);
  }

  end(event: ChannelEvent): void {
    const { nowUs } = this.#state;
    for (const { number, servedUs } of this.#channels.end(event, nowUs)) {
      this.#sendings.ended(number, servedUs!, nowUs);
    }
  }

  /** Loses the transfers under way in that contact. */
  endContact({ worker, server, contact }: { worker: string; server: string; contact: number }) {
    const { nowUs } = this.#state;
    for (const { number } of this.#channels.endContact(worker, server, contact, nowUs)) {
      this.#sendings.failed(number);
    }
  }

  /** No event of the queue that comes next is out of date, so that time does not pass for nothing. */
  dropOutOfDate(): void {
    const { queue } = this.#state;
    for (let next = nextEntry(queue); next !== undefined; next = nextEntry(queue)) {
      if (next.event.type !== 'channel' || !this.#channels.isOutOfDate(next.event)) return;
      takeNext(queue);
    }
  }

  #arrive({ from, to, message, way, group }: OpenSending, { delayUs, corrupted }: Copy): void {
    const { queue, nowUs } = this.#state;
    schedule(queue, nowUs + delayUs, {
      type: 'message',
      from,
      to,
      message,
      contact: way.contact,
      ...(group !== null && { copies: group.number }),
      ...(corrupted && { corrupted: true as const }),
    });
  }

  #lose({ from, to, message, copies, group }: OpenSending, reason: LossReason): void {
    const { context } = this.#parts;
    // One sending, one loss.
    for (let copy = 1; copy < copies; copy += 1) forgetCopy(this.#state.copies, group!.number);
    isHandedOver({ from, to, message, copies: group?.number }, reason, this.#state.copies, context);
    if ('value' in message) context.release(message.value);
  }
}
