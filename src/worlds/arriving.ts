import type { LossReason } from '../journal/reasons.ts';
import type { Message } from '../nodes/messages.ts';
import { type CopiesState, takeCopy } from './copies.ts';
import { recordLost, recordLostCopy } from './lost-message.ts';
import { recordTransferEnd, type TransferRecorder } from './transfers.ts';

/** A message, or one of its copies, that has come to its receiver. */
interface Arrival {
  from: string;
  to: string;
  message: Message;
  /** Of a message with several copies. */
  copies?: number | undefined;
}

/**
 * True for an arrival that is handed over; otherwise records why not. `obstacle`: the reason that
 * keeps it from its receiver.
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
