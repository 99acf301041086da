import type { LossReason } from '../../../journal/reasons.ts';
import type { Signal } from '../../../mobility/radio/signal.ts';
import type { Copy, LinkWay } from '../../../network/link-model.ts';
import type { SharedWay } from '../../../network/shared-channels.ts';
import type { SharedLinks } from '../../../network/shared-links.ts';
import type { NodeContext } from '../../../nodes/context.ts';
import type { ValueId } from '../../../nodes/messages.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import { recordLost } from '../../lost-message.ts';
import type { SharedMessage } from '../../message-sender.ts';
import type { Reach } from '../../reach.ts';
import { type OpenSending, Sendings } from '../../sendings.ts';
import type { TransferRecorder } from '../../transfers.ts';
import type { Envelope } from '../protocol/envelope.ts';
import type { TransferEnded, TransferMessage } from '../protocol/transfer-message.ts';

interface SharedMessageParts {
  shared: SharedLinks;
  context: Pick<NodeContext, 'nowUs' | 'record' | 'random'> &
    TransferRecorder & {
      keep(value: ValueId): void;
      release(value: ValueId): void;
    };
  reach: Reach;
  signals: ReadonlyMap<number, Signal>;
  stream: (lower: string, direction: 'up' | 'down') => string;
  nextNumber: (counter: 'transfer' | 'message') => number;
  post: (envelope: Envelope) => void;
  /** Asks the coordinator for its part of the channel; `ended` follows. */
  begin: (transfer: TransferMessage) => void;
  /** Calls `start` at that time. */
  wait: (atUs: TimeUs, sending: number) => void;
}

/**
 * Messages of this process's nodes over shared channels. The coordinator, which has all transfers in
 * view, says when each has been sent; then it goes to its receiver's process.
 */
export class SharedMessages {
  readonly #parts: SharedMessageParts;
  readonly #sendings: Sendings;

  constructor(parts: SharedMessageParts) {
    this.#parts = parts;
    const { shared: links, context, reach, stream, nextNumber, begin, wait } = parts;
    this.#sendings = new Sendings({
      open: new Map(),
      links,
      wayOf: (way) => this.#wayOf(way),
      context,
      reach,
      stream,
      nextNumber: () => nextNumber('transfer'),
      nextGroup: () => nextNumber('message'),
      begin: (transfer, { way, bytes }, atUs) =>
        begin({ type: 'transfer', transfer, ...way, bytes, atUs }),
      wait,
      arrive: (sending, copy, sentUs) => this.#arrive(sending, copy, sentUs),
      lose: (sending, reason) => this.#lose(sending, reason),
    });
  }

  /** Messages that are sent, or wait to be. */
  get open(): readonly OpenSending[] {
    return [...this.#sendings.open.values()];
  }

  send(from: string, to: string, message: SharedMessage): void {
    this.#sendings.send(from, to, message);
  }

  start(sending: number): void {
    this.#sendings.start(sending, this.#parts.context.nowUs);
  }

  ended({ transfer, fromUs, atUs, isSent }: TransferEnded): void {
    if (isSent) this.#sendings.ended(transfer, fromUs, atUs);
    else this.#sendings.failed(transfer);
  }

  #wayOf({ contact, ...way }: SharedWay): LinkWay {
    const signal = contact === null ? undefined : this.#parts.signals.get(contact);
    return { ...way, isRadio: contact !== null, signal };
  }

  #arrive(sending: OpenSending, { delayUs, corrupted }: Copy, sentUs: TimeUs): void {
    const plainUs = this.#parts.shared.latencyUs(this.#wayOf(sending.way));
    const extraUs = delayUs - plainUs;
    const { group } = sending;
    const isPlain = group === null && extraUs === 0 && !corrupted;
    const wire = { extraUs, corrupted, ...(group !== null && { copies: group }) };
    this.#post(sending, { sentUs, plainUs, wire: isPlain ? null : wire });
  }

  /** Its receiver counts the copies of a message that was sent several times. */
  #lose(sending: OpenSending, reason: LossReason): void {
    const { from, to, message, copies, group } = sending;
    const { context } = this.#parts;
    if (group === null || group.of === copies) {
      recordLost(from, to, message, reason, context);
      if ('value' in message) context.release(message.value);
      return;
    }
    const wire = { extraUs: 0, corrupted: false, copies: group, lost: copies };
    this.#post(sending, { sentUs: context.nowUs, plainUs: 0, wire });
  }

  #post(
    { from, to, message, way }: OpenSending,
    how: Pick<Envelope, 'sentUs' | 'plainUs' | 'wire'>,
  ) {
    this.#parts.post({ ...how, from, to: [to], contacts: [way.contact], message });
  }
}
