import type { z } from 'zod';
import type { Signal } from '../../../mobility/radio/signal.ts';
import type { signalSchema } from '../protocol/movement-message.ts';

export type SignalPart = z.infer<typeof signalSchema>;

/** Takes a part of what a contact's radio will be like, which comes ahead of the contact. */
export function takeSignalPart(
  signals: Map<number, Signal>,
  { contact, from, losses, sinceUs, up, down }: SignalPart,
): void {
  const before = from === 0 ? [] : (signals.get(contact)?.losses ?? []);
  signals.set(contact, { sinceUs, up, down, losses: [...before.slice(0, from), ...losses] });
}
