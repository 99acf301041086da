import { quantity, quantityValue } from '../../../journal/quantity.ts';
import { carriesValue, type Message, type ValueId } from '../../../nodes/messages.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import { needMessage } from '../../../transport/message.ts';
import { isHandedOver } from '../../arriving.ts';
import type { ValueStore } from '../../computing/value-store.ts';
import { expectCopies, forgetCopy, noCopies } from '../../copies.ts';
import { recordLost } from '../../lost-message.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { Numbers } from '../protocol/control-message.ts';
import { bundle, type Envelope } from '../protocol/envelope.ts';
import type { LiveClock } from '../protocol/live-clock.ts';
import type { BareMessage, NodesMessage, PeerMessage } from '../protocol/peer-message.ts';
import type { LiveContext } from './live-context.ts';
import type { PeerLinks } from './peer-links.ts';
import { ReceivedVectors } from './received-vectors.ts';
import type { ValueWaiters } from './value-waiters.ts';

/** Steps of an envelope: its link is free for it; the delay by a fault is over; it is there. */
type EnvelopeStep = 'dispatch' | 'transmit' | 'arrival';

interface DeliveryParts {
  settings: WorldSettings;
  self: number;
  slotOf: (node: string) => number;
  clock: LiveClock;
  values: ValueStore;
  waiters: ValueWaiters;
  links: PeerLinks;
  context: LiveContext;
  /** Whether messages take at least the time of the link's model. */
  isModelled: boolean;
  /** Calls `go` at that simulation time. */
  schedule: (timeUs: TimeUs, event: { type: EnvelopeStep; envelope: Envelope }) => void;
  deliver: (from: string, to: string, message: Message) => void;
}

/** Gradients and results sent to each slot that are remembered, at most of each kind. */
const REMEMBERED = 4096;

/**
 * Limits of the envelopes that may wait here for their time, of one node elsewhere. A sender holds
 * back what a fault delays, so no more than what is on its way over the link at once.
 */
const MOST_OPEN_BYTES = 2 ** 26;
const MOST_OPEN_VECTORS = 16;
/** Bytes of a message besides its vector, about. */
const MESSAGE_BYTES = 1024;

/** Messages of this process's nodes, outgoing and incoming. An envelope owns its value. */
export class Deliveries {
  /** Where vectors of other processes are read into. */
  readonly received: ReceivedVectors;
  readonly #parts: DeliveryParts;
  readonly #posted: Envelope[] = [];
  /** Those whose value is not released yet. */
  readonly #owning = new Set<Envelope>();
  /** By node elsewhere: bytes of its messages that wait for their time. */
  readonly #openBytes = new Map<string, number>();
  readonly #copies = noCopies();
  /** By slot: gradients and results sent there lately. */
  readonly #sentTo = new Map<number, Numbers>();

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.received = new ReceivedVectors(parts.values.memory);
  }

  post(envelope: Envelope): void {
    this.#posted.push(envelope);
    this.#owning.add(envelope);
  }

  /** Envelopes that wait, travel or are being computed. */
  get owning(): readonly Envelope[] {
    return [...this.#owning].filter(({ message }) => 'value' in message);
  }

  /** Sends off what the events so far have posted. */
  flush(): void {
    const { slotOf, values, waiters } = this.#parts;
    if (this.#posted.length === 0) return;
    const posted = this.#posted.splice(0);
    for (const envelope of posted) this.#owning.delete(envelope);
    for (const envelope of bundle(posted, slotOf)) {
      const { message } = envelope;
      this.#owning.add(envelope);
      if (!('value' in message)) {
        this.#dispatch(envelope);
        continue;
      }
      // Every bundled envelope owned the value once.
      for (let owners = envelope.to.length; owners > 1; owners -= 1) values.release(message.value);
      waiters.whenReady(message.value, () => this.#dispatch(envelope));
    }
  }

  go(envelope: Envelope, step: EnvelopeStep): void {
    if (step === 'dispatch') this.#dispatch(envelope);
    else if (step === 'transmit') this.#transmit(envelope, this.#parts.context.nowUs);
    else this.#arrive(envelope);
  }

  /** Hands it to its transport, to arrive at that simulation time at the soonest. */
  #transmit(envelope: Envelope, dueUs: TimeUs): void {
    const { self, slotOf, values, links } = this.#parts;
    const { from, to, contacts, message, wire } = envelope;
    const slot = slotOf(to[0]!);
    if (slot === self) {
      this.#parts.schedule(dueUs, { type: 'arrival', envelope });
      return;
    }
    if (links.isLost(slot)) {
      this.#lose(envelope);
      return;
    }
    this.#remember(slot, message);
    const { value, bare } = split(message);
    const known = value === null ? null : values.facts(value);
    const peerMessage: PeerMessage = {
      type: 'nodes',
      dueUs,
      from,
      to,
      contacts,
      wire,
      message: bare,
      ...(known?.finite !== undefined && { finite: known.finite }),
      ...(known?.loss !== undefined && { loss: quantity(known.loss) }),
    };
    links.send(slot, {
      message: peerMessage,
      body: () => (known?.present ? values.vector(value!) : null),
      done: () => this.#release(envelope),
    });
  }

  /** Takes a message of another process, possibly before it is due. Throws BadFrame when too much waits. */
  receive(
    { dueUs, from, to, contacts, wire, message, finite, loss }: NodesMessage,
    body: Float32Array | null,
  ): void {
    const { clock, schedule, context } = this.#parts;
    const openBytes = MESSAGE_BYTES + (body?.byteLength ?? 0);
    this.#open(from, openBytes);
    const known = {
      ...(finite !== undefined && { finite }),
      ...(loss !== undefined && { loss: quantityValue(loss) }),
    };
    const whole = carriesValue(message)
      ? ({ ...message, value: this.#store(body, known) } as Message)
      : (message as Message);
    if (message.type === 'theta' && !wire?.corrupted) context.see(from, message);
    const atUs = Math.max(clock.nowUs, dueUs);
    const envelope = {
      sentUs: atUs,
      plainUs: 0,
      from,
      to,
      contacts,
      message: whole,
      wire,
      openBytes,
    };
    this.#owning.add(envelope);
    schedule(atUs, { type: 'arrival', envelope });
  }

  /** Out: what was sent lately to a slot whose process is lost. */
  takeSentTo(slot: number): Numbers {
    const sent = this.#sentTo.get(slot) ?? { gradients: [], results: [] };
    this.#sentTo.delete(slot);
    return sent;
  }

  /**
   * Hands it over, unless the contact that it was sent in is over, or the receiver is out of reach.
   */
  #arrive(envelope: Envelope): void {
    const { from, to: receivers, contacts, message, wire, openBytes = 0 } = envelope;
    this.#open(from, -openBytes);
    const { context, deliver } = this.#parts;
    const copies = wire?.copies?.number;
    if (wire?.copies) expectCopies(this.#copies, wire.copies);
    const lost = wire?.lost ?? 0;
    for (let copy = 1; copy < lost; copy += 1) forgetCopy(this.#copies, copies!);
    const spoilt = lost > 0 ? 'link' : wire?.corrupted ? 'corrupted' : null;
    for (const [index, to] of receivers.entries()) {
      const obstacle = context.obstacle(from, to, message, contacts[index]!);
      const reason = obstacle ?? spoilt;
      const arrival = { from, to, message, copies };
      if (isHandedOver(arrival, reason, this.#copies, context)) deliver(from, to, message);
    }
    this.#release(envelope);
  }

  /** Of a node elsewhere, more waits for its time, or less. */
  #open(from: string, bytes: number): void {
    const { dimension } = this.#parts.settings;
    const open = (this.#openBytes.get(from) ?? 0) + bytes;
    const most = MOST_OPEN_BYTES + MOST_OPEN_VECTORS * dimension * 4;
    needMessage(open <= most, `more than ${most} bytes of ${from} wait for their time`);
    this.#openBytes.set(from, open);
  }

  /** The receiver is not there. */
  #lose(envelope: Envelope): void {
    const { from, to, contacts, message } = envelope;
    const { context } = this.#parts;
    for (const [index, node] of to.entries()) {
      // Workers whose process is lost have left.
      const reason = context.obstacle(from, node, message, contacts[index]!) ?? 'crashed';
      recordLost(from, node, message, reason, context);
    }
    this.#release(envelope);
  }

  #release(envelope: Envelope): void {
    this.#owning.delete(envelope);
    const { message } = envelope;
    if ('value' in message) this.#parts.values.release(message.value);
  }

  #remember(slot: number, message: Message): void {
    const { type } = message;
    if (type !== 'gradient' && type !== 'result' && type !== 'update') return;
    const sent = this.#sentTo.get(slot) ?? { gradients: [], results: [] };
    this.#sentTo.set(slot, sent);
    if (message.type === 'gradient') sent.gradients.push(message.gradient);
    else sent.results.push(message.type === 'result' ? message.result : message.update);
    for (const numbers of [sent.gradients, sent.results]) {
      if (numbers.length > 2 * REMEMBERED) numbers.splice(0, REMEMBERED);
    }
  }

  #dispatch(envelope: Envelope): void {
    const { clock, isModelled, schedule } = this.#parts;
    const { sentUs, plainUs, wire } = envelope;
    // On a shaped link it waits here for those before it.
    if (sentUs > clock.nowUs) {
      schedule(sentUs, { type: 'dispatch', envelope });
      return;
    }
    const dueUs = sentUs + (isModelled ? plainUs : 0) + (wire?.extraUs ?? 0);
    // It travels while the modelled time passes: only what takes longer adds to that. A message
    // that a fault holds up is held up here, and lost with its sender.
    if (wire === null || dueUs <= clock.nowUs) this.#transmit(envelope, dueUs);
    else schedule(dueUs, { type: 'transmit', envelope });
  }

  #store(body: Float32Array | null, known: { finite?: boolean; loss?: number }): ValueId {
    const { values } = this.#parts;
    if (body === null) return values.addAbsent();
    const address = this.received.keep(body);
    if (address === null) return values.add(body, known);
    return values.addPlaced(address, body.length, known);
  }
}

function split(message: Message): { value: ValueId | null; bare: BareMessage } {
  if (!('value' in message)) return { value: null, bare: message };
  const { value, ...bare } = message;
  return { value, bare };
}
