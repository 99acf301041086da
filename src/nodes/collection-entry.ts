import type { DropReason } from '../journal/reasons.ts';
import type { NodeContext } from './context.ts';
import type { Message, ValueId } from './messages.ts';

/** A message from below that a server may take in: a vector, or a report that there is none. */
export interface CollectionEntry {
  sender: string;
  kind: 'gradient' | 'result' | 'update' | 'none';
  /** The sender's round. */
  round: number;
  /** Of the model that it was computed with; the oldest one of a result's gradients. */
  version: number;
  /** The gradient's or the result's number. */
  id: number;
  value: ValueId | null;
  /** Gradients that are in it. */
  gradients: number;
  /** Items that it was trained on, in a tree of models; 0 elsewhere. */
  items: number;
  /** It is Byzantine; in scope `per-aggregation`, it may be drawn to be. */
  mayBeByzantine: boolean;
}

/** An entry that a server has taken in. */
export interface CollectedEntry extends CollectionEntry {
  /** The sender's number, which selects the buffer. */
  senderNumber: number;
}

/** How an entry comes to its end. */
type EntryEnd =
  | { outcome: 'aggregated'; inResult: number; staleness: number; byzantine?: true }
  | { outcome: 'dropped'; reason: DropReason }
  | { outcome: 'lost' }
  | { outcome: 'in-flight' };

/** The entry that a message from below makes; null for messages from above. */
export function entryOf(sender: string, message: Message): CollectionEntry | null {
  switch (message.type) {
    case 'gradient': {
      const { round, version, gradient: id, value, poisoned = false } = message;
      const { mayBeByzantine = poisoned } = message;
      const counts = { gradients: 1, items: 0 };
      return { sender, kind: 'gradient', round, version, id, value, ...counts, mayBeByzantine };
    }
    case 'result': {
      const { round, version, result: id, value, gradients, mayBeByzantine = false } = message;
      const counts = { gradients, items: 0 };
      return { sender, kind: 'result', round, version, id, value, ...counts, mayBeByzantine };
    }
    case 'update': {
      const { version, update: id, value, poisoned = false } = message;
      const { mayBeByzantine = poisoned } = message;
      const counts = { gradients: message.changes, items: message.items };
      return { sender, kind: 'update', round: 0, version, id, value, ...counts, mayBeByzantine };
    }
    case 'no-result':
      return {
        sender,
        kind: 'none',
        round: message.round,
        version: 0,
        id: 0,
        value: null,
        gradients: 0,
        items: 0,
        mayBeByzantine: false,
      };
    default:
      return null;
  }
}

/** Records the one end of a gradient or a result. A report of no result has no such end. */
export function recordEnd(
  server: string,
  { id, sender, kind }: CollectionEntry,
  end: EntryEnd,
  context: Pick<NodeContext, 'record'>,
): void {
  if (kind === 'gradient') {
    context.record({ type: 'gradient-ended', gradient: id, worker: sender, server, ...end });
  } else if (kind === 'result') {
    context.record({ type: 'result-ended', result: id, server: sender, parent: server, ...end });
  } else if (kind === 'update') {
    context.record({ type: 'update-ended', update: id, node: sender, server, ...end });
  }
}
