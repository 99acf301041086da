import type { Message } from '../../../nodes/messages.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import type { SentMessage } from '../../message-sender.ts';

/** Effects of the link, or of a Byzantine sender, on a message. Plain data. */
interface LinkEffects {
  /** Later than the link's latency and bandwidth have it. */
  extraUs: TimeUs;
  corrupted: boolean;
  /** Of a message with several copies: its number, and how many of them will come. */
  copies?: { number: number; of: number };
  /** How many of these never came out of the link: it only brings that to its receiver. */
  lost?: number;
}

/** A message to one node, or a model to several nodes of one process: the value travels once. */
export interface Envelope {
  /** Start of the transfer, by the link's model. */
  sentUs: TimeUs;
  /** How long its link takes, without what random delays and faults add. */
  plainUs: TimeUs;
  from: string;
  to: string[];
  /** By receiver: the contact that the sender saw; null between servers. */
  contacts: (number | null)[];
  message: Message;
  /** Null when it goes as links without faults carry it. */
  wire: LinkEffects | null;
  /** Of an envelope from another process: the bytes that it takes here. */
  openBytes?: number;
}

/** The copies of a message. `number`: of one with several. */
export function envelopesOf(
  from: string,
  to: string,
  { message, contact, copies, sentUs, plainUs }: SentMessage,
  number: number,
): Envelope[] {
  return copies.map(({ delayUs, corrupted }) => {
    const extraUs = delayUs - plainUs;
    const isPlain = copies.length === 1 && extraUs === 0 && !corrupted;
    const numbered = copies.length > 1 && { copies: { number, of: copies.length } };
    const wire = isPlain ? null : { extraUs, corrupted, ...numbered };
    return { sentUs, plainUs, from, to: [to], contacts: [contact], message, wire };
  });
}

/** Joins envelopes with the same message to nodes of one process. In: one envelope a receiver. */
export function bundle(
  envelopes: readonly Envelope[],
  slotOf: (node: string) => number,
): Envelope[] {
  const bundles = new Map<string, Envelope>();
  for (const [index, envelope] of envelopes.entries()) {
    const { sentUs, plainUs, from, to, contacts, message, wire } = envelope;
    // Every other message is for one node alone, and what a link does it does to each.
    const isModel = message.type === 'theta' && wire === null;
    const key = isModel
      ? `${from} ${message.value} ${message.round} ${slotOf(to[0]!)} ${plainUs}`
      : String(index);
    const other = bundles.get(key);
    if (other === undefined) {
      bundles.set(key, { ...envelope, to: [...to], contacts: [...contacts] });
    } else {
      other.sentUs = Math.max(other.sentUs, sentUs);
      other.to.push(...to);
      other.contacts.push(...contacts);
    }
  }
  return [...bundles.values()];
}
