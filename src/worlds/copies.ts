/**
 * Messages with several copies in transit, by number. Receivers identify each message by its
 * number, so the first copy to arrive counts, and the others are recognised as repeated.
 */
export interface CopiesState {
  next: number;
  underWay: Map<number, { left: number; hasArrived: boolean }>;
}

export function noCopies(): CopiesState {
  return { next: 0, underWay: new Map() };
}

/** A number for a message that is sent `copies` times; undefined for one that is sent once. */
export function sendCopies(state: CopiesState, copies: number): number | undefined {
  if (copies < 2) return undefined;
  const number = state.next;
  state.next += 1;
  expectCopies(state, { number, of: copies });
  return number;
}

/** Registers that `of` copies of a message will come, unless it is registered already. */
export function expectCopies(
  { underWay }: CopiesState,
  { number, of }: { number: number; of: number },
): void {
  if (!underWay.has(number)) underWay.set(number, { left: of, hasArrived: false });
}

/**
 * The role of a copy that comes out of the link, whole or not: `first`, the message itself;
 * `repeated`, for one was there already; `spoilt`, but another is still to come; `last`, it was
 * spoilt like all before, so the message is lost.
 */
export function takeCopy(
  state: CopiesState,
  number: number | undefined,
  isWhole: boolean,
): 'first' | 'repeated' | 'spoilt' | 'last' {
  const copies = number === undefined ? undefined : state.underWay.get(number);
  if (number === undefined || copies === undefined) return isWhole ? 'first' : 'last';
  copies.left -= 1;
  if (copies.left === 0) state.underWay.delete(number);
  if (!isWhole) return copies.left > 0 || copies.hasArrived ? 'spoilt' : 'last';
  if (copies.hasArrived) return 'repeated';
  copies.hasArrived = true;
  return 'first';
}

/** One of the copies never came out of its link, without a trace of its own. */
export function forgetCopy(state: CopiesState, number: number): void {
  const copies = state.underWay.get(number);
  if (copies === undefined) return;
  copies.left -= 1;
  if (copies.left === 0) state.underWay.delete(number);
}
