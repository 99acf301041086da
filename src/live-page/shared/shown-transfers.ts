import type { WorkerView } from './node-views.ts';

/** Transfers under way at a moment. */
export interface ShownTransfers {
  timeUs: number;
  /** Those that are on the map. */
  workers: Record<string, WorkerView>;
  /**
   * Vectors on their way, by receiver and then by sender: a journal may be half of them, and names are found
   * faster than a key that is made of them each time.
   */
  transfers: Record<string, Record<string, RecordedTransfer[]>>;
  /** Those that follow from other events, by a key of their own; none where the journal has the transfers. */
  guessed: Record<string, TransferView>;
  hasTransfers: boolean;
}

interface TransferView {
  from: string;
  to: string;
  /** A kind of message. */
  what: string;
  sinceUs: number;
}

interface RecordedTransfer extends TransferView {
  /** Of what it carries. */
  number: number;
}

/** What the journal says of a transfer, at its beginning and at its end. */
interface TransferFacts {
  from: string;
  to: string;
  what: string;
  number: number;
}

/**
 * Without a prototype, V8 keeps an object as a table from the beginning: with one, each new key would
 * make another hidden class of it.
 */
export function emptyTable<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

export function transfersOf({ transfers, guessed }: ShownTransfers): TransferView[] {
  const recorded = Object.values(transfers).flatMap((senders) => Object.values(senders).flat());
  return [...recorded, ...Object.values(guessed)];
}

/** A transfer that follows from another event, where the journal has none. */
export function guessTransfer(
  state: ShownTransfers,
  key: string,
  way: Omit<TransferView, 'sinceUs'>,
): void {
  if (!state.hasTransfers) {
    const { from, to, what } = way;
    state.guessed[key] = { from, to, what, sinceUs: state.timeUs };
  }
}

export function startTransfer(state: ShownTransfers, facts: TransferFacts): void {
  if (!state.hasTransfers) Object.assign(state, { hasTransfers: true, guessed: emptyTable() });
  const { from, to, what, number } = facts;
  state.transfers[to] ??= emptyTable();
  const list = state.transfers[to];
  list[from] ??= [];
  const between = list[from];
  const again = placeOf(between, what, number);
  const transfer = { from, to, what, number, sinceUs: state.timeUs };
  if (again < 0) between.push(transfer);
  else between[again] = transfer;
  const [sender, receiver] = [state.workers[from], state.workers[to]];
  if (receiver) receiver.receiving += 1;
  if (!sender) return;
  sender.sending += 1;
  if (what === 'gradient' && sender.work?.gradient === number) sender.work = null;
}

export function endTransfer(
  state: ShownTransfers,
  { from, to, what, number }: TransferFacts,
): void {
  const senders = state.transfers[to];
  const between = senders?.[from];
  if (between === undefined) return;
  const place = placeOf(between, what, number);
  if (place < 0) return;
  if (between.length > 1) between.splice(place, 1);
  else delete senders![from];
  const [sender, receiver] = [state.workers[from], state.workers[to]];
  if (sender) sender.sending = Math.max(0, sender.sending - 1);
  if (receiver) receiver.receiving = Math.max(0, receiver.receiving - 1);
}

/** In the live world, what a lost process had sent may have no end. */
export function dropTransfers(state: ShownTransfers, sender: string): void {
  for (const senders of Object.values(state.transfers)) {
    for (const transfer of [...(senders[sender] ?? [])]) endTransfer(state, transfer);
  }
  for (const [key, { from }] of Object.entries(state.guessed)) {
    if (from === sender) delete state.guessed[key];
  }
}

/** Those that left have no table of their own any more, once nothing is on its way to them. */
export function forgetReceiver(state: ShownTransfers, receiver: string): void {
  const senders = state.transfers[receiver];
  if (senders !== undefined && Object.keys(senders).length === 0) delete state.transfers[receiver];
}

function placeOf(transfers: readonly RecordedTransfer[], what: string, number: number): number {
  return transfers.findIndex((one) => one.number === number && one.what === what);
}
