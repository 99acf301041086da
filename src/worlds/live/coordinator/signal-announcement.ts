import type { z } from 'zod';
import type { FaultTransition, Movement, signalSchema } from '../protocol/movement-message.ts';

/** A number takes up to 25 bytes of a header, and a header has 64 KiB. */
const LOSSES_A_FRAME = 2000;

/** Of a contact that begins: what its radio will be like, in parts that fit into a frame. */
export function signalParts(movement: Movement | FaultTransition): z.infer<typeof signalSchema>[] {
  if (movement.type !== 'enter-range' || movement.signal === undefined) return [];
  const { losses, ...signal } = movement.signal;
  const count = Math.ceil(losses.length / LOSSES_A_FRAME);
  return Array.from({ length: count }, (_, part) => {
    const from = part * LOSSES_A_FRAME;
    const some = losses.slice(from, from + LOSSES_A_FRAME);
    return { type: 'signal', contact: movement.contact, ...signal, from, losses: some };
  });
}

export function withoutSignal(movement: Movement | FaultTransition): Movement | FaultTransition {
  if (movement.type !== 'enter-range') return movement;
  const { signal: _, ...rest } = movement;
  return rest;
}
