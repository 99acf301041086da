import { z } from 'zod';
import { count, finite, name } from '../../../transport/message.ts';

/** To the coordinator: a message over a shared channel can be sent from now on. */
export const transferSchema = z.strictObject({
  type: z.literal('transfer'),
  /** Its number, which no other process gives. */
  transfer: count,
  lower: name,
  upper: name,
  direction: z.enum(['up', 'down']),
  /** Null between servers. */
  contact: count.nullable(),
  bytes: count,
  atUs: finite,
});

/** To the sender's process: its last bit has been sent, or its contact has ended before. */
export const transferEndedSchema = z.strictObject({
  type: z.literal('transfer-ended'),
  transfer: count,
  /** When its first bit was sent. */
  fromUs: finite,
  atUs: finite,
  isSent: z.boolean(),
});

export type TransferMessage = z.infer<typeof transferSchema>;
export type TransferEnded = z.infer<typeof transferEndedSchema>;
