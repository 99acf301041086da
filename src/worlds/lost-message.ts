import type { LossReason } from '../journal/reasons.ts';
import { entryOf, recordEnd } from '../nodes/collection-entry.ts';
import type { NodeContext } from '../nodes/context.ts';
import type { Message } from '../nodes/messages.ts';
import { recordTransferEnd, type TransferRecorder } from './transfers.ts';

/** Records that a message will not arrive, and so the end of what it carries. */
export function recordLost(
  from: string,
  to: string,
  message: Message,
  reason: LossReason,
  context: TransferRecorder,
): void {
  recordLostCopy(from, to, message, reason, context);
  recordTransferEnd(from, to, message, 'lost', context);
  const entry = entryOf(from, message);
  if (entry === null) return;
  const end =
    reason === 'left-range' || reason === 'crashed'
      ? { outcome: 'dropped' as const, reason }
      : { outcome: 'lost' as const };
  recordEnd(to, entry, end, context);
}

/** Records that one of a message's copies will not arrive; another may. */
export function recordLostCopy(
  from: string,
  to: string,
  { type: what }: Message,
  reason: LossReason,
  context: Pick<NodeContext, 'record'>,
): void {
  context.record({ type: 'message-lost', from, to, what, reason });
}

/** Records how often a message is sent again. */
export function recordRetries(
  from: string,
  to: string,
  { type: what }: Message,
  times: number,
  context: Pick<NodeContext, 'record'>,
): void {
  context.record({ type: 'message-retried', from, to, what, times });
}
