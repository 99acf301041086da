import type { LossReason } from './reasons.ts';

/** Events of the delivery of messages. */
export type DeliveryEvent =
  /** A message will not arrive. `what`: its kind. */
  | { type: 'message-lost'; from: string; to: string; what: string; reason: LossReason }
  /** A lost message is sent again, that often: recorded when that is drawn (docs/journal.md). */
  | { type: 'message-retried'; from: string; to: string; what: string; times: number }
  /** A copy of a message that was there already: found by its number, and thrown away. */
  | { type: 'message-repeated'; from: string; to: string; what: string };
