import type { SimulatedLine } from '../../journal/events.ts';
import type { WorkerView } from './node-views.ts';

/** Transfers under way at a moment. */
export interface ShownTransfers {
  timeUs: number;
  /** Those that are on the map. */
  workers: Record<string, WorkerView>;
  /** Vectors on their way, by a key of its own. */
  transfers: Record<string, TransferView>;
  /** Whether the journal has the transfers; else those that follow from other events are there. */
  hasTransfers: boolean;
}

interface TransferView {
  from: string;
  to: string;
  /** A kind of message. */
  what: string;
  sinceUs: number;
}

/**
 * Without a prototype, V8 keeps an object as a table from the beginning: with one, each new key would
 * make another hidden class of it.
 */
export function emptyTransfers(): Record<string, TransferView> {
  return Object.create(null) as Record<string, TransferView>;
}

/** A transfer that follows from another event, where the journal has none. */
export function guessTransfer(
  state: ShownTransfers,
  key: string,
  way: Omit<TransferView, 'sinceUs'>,
): void {
  if (!state.hasTransfers) {
    const { from, to, what } = way;
    state.transfers[key] = { from, to, what, sinceUs: state.timeUs };
  }
}

export function startTransfer(
  state: ShownTransfers,
  line: SimulatedLine & { type: 'transfer-started' },
) {
  if (!state.hasTransfers)
    Object.assign(state, { hasTransfers: true, transfers: emptyTransfers() });
  const { from, to, what, number } = line;
  state.transfers[transferKey(line)] = { from, to, what, sinceUs: line.timeUs };
  const [sender, receiver] = [state.workers[from], state.workers[to]];
  if (receiver) receiver.receiving += 1;
  if (!sender) return;
  sender.sending += 1;
  if (what === 'gradient' && sender.work?.gradient === number) sender.work = null;
}

export function endTransfer(state: ShownTransfers, key: string): void {
  const transfer = state.transfers[key];
  if (transfer === undefined) return;
  delete state.transfers[key];
  const [sender, receiver] = [state.workers[transfer.from], state.workers[transfer.to]];
  if (sender) sender.sending = Math.max(0, sender.sending - 1);
  if (receiver) receiver.receiving = Math.max(0, receiver.receiving - 1);
}

/** In the live world, what a lost process had sent may have no end. */
export function dropTransfers(state: ShownTransfers, sender: string): void {
  for (const [key, { from }] of Object.entries(state.transfers)) {
    if (from === sender) endTransfer(state, key);
  }
}

export function transferKey(line: {
  from: string;
  to: string;
  what: string;
  number: number;
}): string {
  return `${line.what} ${line.number} ${line.from} ${line.to}`;
}
