import type { Message } from '../../nodes/messages.ts';

/** One message to one node or, a model, to several of one host: the value travels once. */
export interface Parcel {
  from: string;
  to: string[];
  /** By receiver: the contact that the sender saw; null between servers. */
  contacts: (number | null)[];
  message: Message;
}

/** Puts together what says the same to nodes of one host. In: one parcel a receiver. */
export function bundle(parcels: readonly Parcel[], hostOf: (node: string) => number): Parcel[] {
  const bundles = new Map<string, Parcel>();
  for (const [index, parcel] of parcels.entries()) {
    const { from, to, contacts, message } = parcel;
    // Every other message is for one node alone.
    const isModel = message.type === 'theta';
    const key = isModel
      ? `${from} ${message.value} ${message.round} ${hostOf(to[0]!)}`
      : String(index);
    const other = bundles.get(key);
    if (other === undefined) {
      bundles.set(key, { from, to: [...to], contacts: [...contacts], message });
    } else {
      other.to.push(...to);
      other.contacts.push(...contacts);
    }
  }
  return [...bundles.values()];
}
