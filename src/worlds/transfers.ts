import type { SimulatedEvent } from '../journal/events.ts';
import type { Message } from '../nodes/messages.ts';

/** Takes events; `recordsTransfers`: those of transfers too. */
export interface TransferRecorder {
  record(event: SimulatedEvent): void;
  readonly recordsTransfers?: boolean;
}

/** Records that a vector leaves its sender. Of other messages nothing is recorded. */
export function recordTransferStart(
  from: string,
  to: string,
  message: Message,
  bytes: number,
  context: TransferRecorder,
): void {
  const number = context.recordsTransfers ? numberOf(message) : null;
  if (number === null) return;
  const { type: what } = message;
  context.record({ type: 'transfer-started', from, to, what, number, bytes });
}

/** Records that it has come to its receiver, or will not. */
export function recordTransferEnd(
  from: string,
  to: string,
  message: Message,
  outcome: 'arrived' | 'lost',
  context: TransferRecorder,
): void {
  const number = context.recordsTransfers ? numberOf(message) : null;
  if (number === null) return;
  context.record({ type: 'transfer-ended', from, to, what: message.type, number, outcome });
}

/** Of the gradient, the result or the update; of a model its version. Null of a message without a vector. */
function numberOf(message: Message): number | null {
  switch (message.type) {
    case 'gradient':
      return message.gradient;
    case 'result':
      return message.result;
    case 'update':
      return message.update;
    case 'theta':
    case 'model':
      return message.version;
    default:
      return null;
  }
}
