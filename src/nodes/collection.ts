import type { DropReason } from '../journal/reasons.ts';
import { aggregatedEvent, aggregationInput } from './attempt.ts';
import { type CollectedEntry, type CollectionEntry, recordEnd } from './collection-entry.ts';
import type { CollectionState } from './collection-state.ts';
import type { NodeContext, Timer } from './context.ts';
import { entriesToTake, entriesWithVector, hasEnough } from './enough.ts';
import type { ValueId } from './messages.ts';
import { outdated, refusalOf, type Terms } from './refusal.ts';
import type { CollectingMode } from './round-mode.ts';
import type { ServerLayerSettings, ServerPlace } from './settings.ts';

/** How a collection closed: its aggregate wakes the server when the time to aggregate is over. */
export type Closing = 'aggregate' | 'none';

/** The work of any server between the opening and the closing of a round. */
export class Collection {
  readonly #state: CollectionState;
  readonly #place: ServerPlace;
  readonly #layer: ServerLayerSettings;
  readonly #mode: CollectingMode;
  readonly #context: NodeContext;
  readonly #theta: () => ValueId;
  readonly #mayClose: () => boolean;
  readonly #terms: Terms;

  /** `theta`: the server's newest model. `mayClose`: when false, the server collects until `retry`. */
  constructor(
    state: CollectionState,
    place: ServerPlace,
    layer: ServerLayerSettings,
    mode: CollectingMode,
    context: NodeContext,
    theta: () => ValueId,
    mayClose: () => boolean = () => true,
  ) {
    this.#state = state;
    this.#place = place;
    this.#layer = layer;
    this.#mode = mode;
    this.#context = context;
    this.#theta = theta;
    this.#mayClose = mayClose;
    this.#terms = { place, layer, mode };
  }

  /**
   * Opens a round for `children` workers or child servers. In synchronous rounds, what was still open is dropped;
   * otherwise what came since the last closing counts, and may be enough to close at once.
   */
  open(opening: { round: number; version: number; children: number }): Closing | null {
    const { id } = this.#place;
    const { deadlineUs } = this.#layer;
    const { round } = opening;
    if (this.#state.open) this.#abandon('round-closed');
    if (opening.version !== this.#state.version) this.#state.versionRound = round;
    Object.assign(this.#state, opening, {
      open: true,
      waited: false,
      overdue: false,
      triedEntries: 0,
    });
    if (!this.#mode.isSynchronous) this.#dropOutdated();
    this.#context.record({ type: 'round-opened', server: id, ...opening });
    if (deadlineUs !== null) this.#context.after(id, deadlineUs, { kind: 'deadline', round });
    return this.retry();
  }

  /** In asynchronous rounds, the server has a newer model: what is too old by it is dropped. */
  overtake(version: number): Closing | null {
    // The same model once more.
    if (version === this.#state.version) return null;
    // By the newer one everything in an attempt is staler, and weighs less.
    this.#withdrawAttempt();
    this.#state.version = version;
    this.#dropOutdated();
    return this.retry();
  }

  /** Takes an entry in, or refuses it and ends it as dropped: then its sender may be behind. */
  take(entry: CollectionEntry): Closing | 'behind' | null {
    const reason = refusalOf(entry, this.#state, this.#terms);
    if (reason !== null) {
      recordEnd(this.#place.id, entry, { outcome: 'dropped', reason }, this.#context);
      return reason === 'too-many' ? null : 'behind';
    }
    if (entry.value !== null) {
      this.#context.keep(entry.value);
      this.#context.admit(entry.value);
    }
    const senderNumber = this.#context.numberOf(entry.sender);
    this.#state.entries.push({ senderNumber, ...entry });
    return this.retry();
  }

  /** Closes if there is enough and no attempt is pending. */
  retry(): Closing | null {
    const { open, attempt, overdue, entries, triedEntries } = this.#state;
    if (!open || attempt !== null || !(overdue || this.#isEnough)) return null;
    if (!overdue && entries.length === triedEntries) return null;
    return this.#tryToClose(overdue);
  }

  /** A deadline has passed, or the numbers of an attempt are there. */
  woken(timer: Timer & { kind: 'deadline' | 'decide' }): Closing | null {
    const state = this.#state;
    if (timer.kind === 'deadline') {
      if (!state.open || timer.round !== state.round) return null;
      this.#withdrawAttempt();
      return this.#tryToClose(true);
    }
    const { attempt } = state;
    // Another attempt may have replaced it, whose numbers are not computed yet.
    if (attempt?.input.aggregation !== timer.aggregation) return null;
    if (!this.#context.hasNoResult(attempt.value)) return this.#close(false);
    this.#withdrawAttempt();
    state.waited = true;
    state.triedEntries = attempt.entries;
    // Entries that came in the meantime may be enough.
    return this.retry();
  }

  /**
   * The server has crashed, and with it the aggregations in `pending`, whose time was not over.
   * With its state lost everything it has collected is dropped; the numbers of its rounds and
   * aggregations go on, so that none is given twice. Out: in synchronous rounds, whether what it
   * was sent in its round is lost, so that the round is to be opened again.
   */
  crash(ownState: 'lost' | 'kept', pending: readonly (Timer & { kind: 'aggregated' })[]): boolean {
    const state = this.#state;
    const isLost = ownState === 'lost';
    for (const { result, value } of pending) {
      const { id: server, parent } = this.#place;
      const end = { outcome: 'dropped', reason: 'crashed' } as const;
      this.#context.record({ type: 'result-ended', result, server, parent: parent!, ...end });
      this.#context.release(value);
    }
    const isUndone = state.open ? isLost : pending.some(({ round }) => round === state.round);
    if (isLost) {
      this.#abandon('crashed');
      Object.assign(state, { version: 0, children: 0, triedEntries: 0, overdue: false });
      state.contributors = [];
    } else {
      this.#withdrawAttempt();
    }
    if (!this.#mode.isSynchronous || !isUndone) return false;
    state.round -= 1;
    return true;
  }

  /** Recovered: the deadline of an open round starts again. */
  recover(): Closing | null {
    const { open, round } = this.#state;
    if (!open) return null;
    const { deadlineUs } = this.#layer;
    if (deadlineUs !== null)
      this.#context.after(this.#place.id, deadlineUs, { kind: 'deadline', round });
    return this.retry();
  }

  #dropOutdated(): void {
    const state = this.#state;
    const kept: CollectedEntry[] = [];
    let triedEntries = 0;
    for (const [index, entry] of state.entries.entries()) {
      const reason = outdated(entry, this.#state, this.#terms);
      if (reason !== null) {
        this.#drop(entry, reason);
        continue;
      }
      kept.push(entry);
      if (index < state.triedEntries) triedEntries += 1;
    }
    state.entries = kept;
    state.triedEntries = triedEntries;
  }

  get #isEnough(): boolean {
    const { entries } = this.#state;
    const { children } = this.#place;
    // Once every child has answered in its round, no more results can come.
    if (this.#mode.isSynchronous && children.length > 0 && entries.length >= children.length)
      return true;
    return hasEnough(this.#state, this.#layer.collect);
  }

  #tryToClose(atDeadline: boolean): Closing | null {
    const layer = this.#layer;
    const state = this.#state;
    const vectors = entriesWithVector(state.entries).length;
    // Once every child has answered, no more can come; without a deadline the wait could be
    // endless.
    const mayWait =
      !atDeadline &&
      layer.tooFew === 'wait' &&
      layer.collect !== 'all' &&
      layer.deadlineUs !== null;
    if (vectors < layer.needed) {
      if (mayWait) {
        state.waited = true;
        return null;
      }
      const { needed, tooFew: policy } = layer;
      const { round } = state;
      const server = this.#place.id;
      this.#context.record({ type: 'no-result', server, round, vectors, needed, policy });
      this.#abandon('too-few');
      return 'none';
    }
    if (!this.#mayClose()) {
      state.overdue = atDeadline;
      return null;
    }
    this.#startAttempt(entriesToTake(state, layer));
    if (!mayWait) return this.#close(atDeadline);
    // Whether enough finite vectors are left is known only with the numbers.
    const { input, value } = state.attempt!;
    const timer = { kind: 'decide', aggregation: input.aggregation } as const;
    this.#context.after(this.#place.id, 0, timer, value);
    return null;
  }

  /**
   * Describes the aggregation of the first `entries` entries; draws here which of them are
   * Byzantine.
   */
  #startAttempt(entries: number): void {
    const state = this.#state;
    const context = this.#context;
    const { hasReference } = this.#layer;
    const { aggregations: aggregation } = state;
    const reference = hasReference
      ? context.describeReference(this.#place.id, aggregation, this.#theta())
      : null;
    const input = aggregationInput(entries, reference, state, this.#terms, (name) =>
      context.random(name),
    );
    const value = context.aggregate(input);
    if (reference !== null) context.release(reference);
    state.aggregations += 1;
    state.attempt = { input, value, entries };
  }

  /** Takes an attempt back. There was enough already, so the next entry leads to another. */
  #withdrawAttempt(): void {
    const { attempt } = this.#state;
    if (attempt === null) return;
    this.#context.release(attempt.value);
    this.#state.attempt = null;
  }

  /** The attempt is committed: records it and the end of every entry in it. */
  #close(atDeadline: boolean): Closing {
    const state = this.#state;
    const context = this.#context;
    const server = this.#place.id;
    const { round } = state;
    const { input, value, entries } = state.attempt!;
    const used = entriesWithVector(state.entries.slice(0, entries));
    const senders = new Set(used.map((entry) => entry.sender));
    const result = context.nextId('result');
    state.contributors = this.#place.children.filter((child) => senders.has(child));
    context.commitAggregate(server, value);
    context.record(aggregatedEvent(used, { result, atDeadline }, state, this.#terms), value);
    for (const [index, entry] of used.entries()) {
      const { staleness, byzantine } = input.contributions[index]!;
      const end = { outcome: 'aggregated', inResult: result, staleness: staleness! } as const;
      recordEnd(server, entry, { ...end, ...(byzantine && { byzantine: true }) }, context);
      context.release(entry.value!);
    }
    state.entries = state.entries.slice(entries);
    state.attempt = null;
    state.open = false;
    if (this.#mode.isSynchronous) this.#abandon('late');
    context.after(server, Math.round(used.length * this.#layer.aggregationUsPerVector), {
      kind: 'aggregated',
      round,
      version: Math.min(...used.map((entry) => entry.version)),
      result,
      gradients: used.reduce((sum, entry) => sum + entry.gradients, 0),
      items: used.reduce((sum, entry) => sum + entry.items, 0),
      value,
    });
    return 'aggregate';
  }

  /** Closes without a result: every entry is dropped. */
  #abandon(reason: DropReason): void {
    this.#withdrawAttempt();
    for (const entry of this.#state.entries) this.#drop(entry, reason);
    this.#state.open = false;
    this.#state.entries = [];
  }

  #drop(entry: CollectionEntry, reason: DropReason): void {
    recordEnd(this.#place.id, entry, { outcome: 'dropped', reason }, this.#context);
    if (entry.value !== null) this.#context.release(entry.value);
  }
}
