import type { LossReason } from '../journal/reasons.ts';
import type { Message } from '../nodes/messages.ts';
import { type CopiesState, takeCopy } from './copies.ts';
import { recordLost, recordLostCopy } from './lost-message.ts';
import { recordTransferEnd, type TransferRecorder } from './transfers.ts';

/** What has come to its receiver: a message, or one of its copies. */
interface Arrival {
  from: string;
  to: string;
  message: Message;
  /** Of a message with several copies. */
  copies?: number | undefined;
}

/**
 * Whether it is handed over; otherwise records why not. `obstacle`: what keeps it from its
 * receiver.
 */
export function isHandedOver(
  { from, to, message, copies }: Arrival,
  obstacle: LossReason | null,
  state: CopiesState,
  context: TransferRecorder,
): boolean {
  const copy = takeCopy(state, copies, obstacle === null);
  if (copy === 'first') recordTransferEnd(from, to, message, 'arrived', context);
  else if (copy === 'repeated') {
    context.record({ type: 'message-repeated', from, to, what: message.type });
  } else if (copy === 'spoilt') {
    recordLostCopy(from, to, message, obstacle!, context);
  } else if (copy === 'last') {
    recordLost(from, to, message, obstacle!, context);
  }
  return copy === 'first';
}
