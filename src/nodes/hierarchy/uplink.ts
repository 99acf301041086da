import type { Encoding } from '../../learning/encodings/encoding.ts';
import { createEncoding } from '../../learning/encodings/index.ts';
import type { Moment, TriggerSplit } from '../../rules/contract/trigger.ts';
import { exchangeDue, needsNumbers, splitsOf } from '../../rules/running/triggering.ts';
import type { Timer } from '../context.ts';
import type { Message, ValueId } from '../messages.ts';
import { momentOf } from './transfers.ts';
import type { EndOfChange, UplinkParts } from './uplink-parts.ts';
import { done, noneUnsent, type UplinkState } from './uplink-state.ts';

/** Exchanges updates and models with a node's parent. */
export class Uplink {
  readonly #state: UplinkState;
  readonly #parts: UplinkParts;
  readonly #encoding: Encoding;
  readonly #needsNumbers: boolean;
  readonly #splits: readonly TriggerSplit[];

  constructor(state: UplinkState, parts: UplinkParts) {
    this.#state = state;
    this.#parts = parts;
    const { push, pull, up } = parts.exchange;
    this.#encoding = createEncoding(up);
    this.#needsNumbers = needsNumbers(push) || needsNumbers(pull);
    this.#splits = [...new Set([...splitsOf(push), ...splitsOf(pull)])];
  }

  /** The model has changed: sends it or asks for a model when that is due, or once numbers say so. */
  changed(change: number, items: number, poisoned = false): void {
    const state = this.#state;
    state.unsent.push(change);
    state.unsentItems += items;
    state.unsentPoisoned ||= poisoned;
    state.push.changes += 1;
    state.pull.changes += 1;
    state.total += 1;
    if (this.#parts.parent() === null) return;
    if (this.#needsNumbers) this.#measure();
    else this.#exchange(exchangeDue(this.#parts.exchange, this.#moments, () => null));
  }

  /** The numbers that a decision, or the size of an update, needs are there. */
  decide(timer: Timer & { kind: 'exchange' | 'encoded' }): void {
    if (timer.kind === 'exchange') this.#decided(timer);
    else this.#encoded(timer);
  }

  #decided({ measured, revision }: Timer & { kind: 'exchange' }): void {
    const state = this.#state;
    const { context, model, parent } = this.#parts;
    if (!state.decides) return;
    const { accuracy, ...due } = context.decision(measured);
    state.decides = false;
    if (parent() === null || state.unsent.length === 0) return;
    if (revision !== model.revision) {
      // A model came in the meantime.
      this.#measure();
      return;
    }
    if (due.push) state.push.accuracy = accuracy;
    if (due.pull) state.pull.accuracy = accuracy;
    this.#exchange(due);
  }

  #measure(): void {
    const state = this.#state;
    const { node, layer, model, context } = this.#parts;
    const { push, pull } = this.#moments;
    const change = model.change();
    const measured = context.measure({
      ...{ layer, theta: model.theta!, change, splits: this.#splits },
      globalChange: model.globalChange,
      push: { ...push, lastAccuracy: state.push.accuracy },
      pull: { ...pull, lastAccuracy: state.pull.accuracy },
    });
    context.release(change);
    state.decides = true;
    const { revision } = model;
    context.after(node, 0, { kind: 'exchange', measured, revision }, measured);
    context.release(measured);
  }

  get #moments(): { push: Moment; pull: Moment } {
    const { push, pull, total } = this.#state;
    const { nowUs } = this.#parts.context;
    return { push: momentOf(push, total, nowUs), pull: momentOf(pull, total, nowUs) };
  }

  #exchange(due: { push: boolean; pull: boolean }): void {
    const { node, exchange, context, isLast: last } = this.#parts;
    const isLast = last();
    const isLater = exchange.pullAt === 'next-window';
    if (isLater && due.pull) this.#state.asksLater = true;
    const pulls = due.pull && !isLater;
    if (due.push || (isLast && exchange.flush)) {
      this.#push(pulls);
      return;
    }
    context.record({ type: 'update-held-back', node });
    if (pulls) this.pull();
  }

  /** Asks for the parent's model. */
  pull(): void {
    const { node, parent, model, context } = this.#parts;
    Object.assign(this.#state, { awaitsModel: true, asksLater: false });
    const { version } = model;
    context.send(node, parent()!, { type: 'pull', version, ...this.#holds });
    this.#retryLater();
  }

  /** Which encoded model it has. */
  get #holds(): { holds?: number } {
    const { stamp } = this.#parts.model;
    return stamp > 0 ? { holds: stamp } : {};
  }

  /**
   * Takes the parent's model, unless it is older than the one before or a difference to one that this
   * node does not have. Out: whether it did.
   */
  receive(from: string, message: Message & { type: 'model' }): boolean {
    const { version, value, stamp = 0, since } = message;
    const { node, model, exchange, context } = this.#parts;
    if (version < model.version || (stamp > 0 && stamp <= model.stamp)) return false;
    if (since !== undefined && since !== model.stamp) return false;
    context.record({ type: 'model-received', node, from, version });
    if (exchange.unsent === 'discard') this.giveUp({ outcome: 'dropped', reason: 'discarded' });
    const theta = since === undefined ? value : model.decoded(value);
    model.receive(theta, version, exchange.unsent, { change: this.#needsNumbers, stamp });
    if (since !== undefined) context.release(theta);
    Object.assign(this.#state.pull, { lastUs: context.nowUs, changes: 0 });
    Object.assign(this.#state, { awaitsModel: false, asksLater: false });
    return true;
  }

  /** The parent knows that this node is done. */
  acknowledged(): void {
    this.#state.isAcknowledged = true;
  }

  /** Its parent has lost what it knew of this node. */
  parentLost(): void {
    Object.assign(this.#state, { isAcknowledged: false, lastUpdate: null });
    this.#parts.model.forgetStamp();
  }

  /** Repeats a request or a report that may be lost. */
  retry({ version }: Timer & { kind: 'retry' }): void {
    // Of another version: a later request has a timer of its own.
    if (!this.#state.awaitsModel || version === this.#parts.model.version) this.askAgain();
  }

  /** Asks again for what it waits for, and reports again what its parent may not know. */
  askAgain(): void {
    const { awaitsModel, isDone, isAcknowledged } = this.#state;
    if (this.#parts.parent() === null) return;
    if (awaitsModel) this.pull();
    else if (isDone && !isAcknowledged) this.#reportDone();
  }

  /** Nothing changes any more: sends what is held back, and reports that the node is done. */
  finish(): void {
    const state = this.#state;
    const isBusy = state.awaitsModel || state.decides;
    if (state.isDone || isBusy || this.#parts.parent() === null) return;
    if (this.#parts.exchange.flush && state.unsent.length > 0) {
      this.#push(false);
      return;
    }
    Object.assign(state, done());
    this.#reportDone();
  }

  /**
   * It has another parent now: asks for its model, or starts with the one that all have; one that is down
   * asks once it recovers.
   */
  join(how: 'asks' | 'starts' | 'down'): void {
    const state = this.#state;
    Object.assign(state, { awaitsModel: false, isAcknowledged: false, lastUpdate: null });
    this.#parts.model.forgetVersion();
    if (how === 'down') return;
    if (how === 'asks') this.pull();
    if (state.isDone) this.#reportDone();
  }

  /** It may send more, although it was done. */
  reopen(): void {
    Object.assign(this.#state, { isDone: false, isAcknowledged: false });
  }

  /** Ends the wait for a model, and makes pending decisions void. */
  leave(): void {
    this.#state.awaitsModel = false;
    this.#state.decides = false;
  }

  /** Gives up the changes since its last update. */
  giveUp(end: EndOfChange): void {
    const state = this.#state;
    const { unsent: changes, leftOver } = state;
    if (changes.length === 0 && !leftOver) return;
    const { node, parent, context } = this.#parts;
    const update = context.nextId('result');
    const what = { node, server: parent(), changes, ...(leftOver && { leftOver }) };
    context.record({ type: 'change-ended', update, ...what, ...end });
    Object.assign(state, noneUnsent(), { leftOver: false });
    state.push.changes = 0;
  }

  #push(pulls: boolean): void {
    const { exchange, model, vectorBytes, context } = this.#parts;
    if (exchange.up.name !== 'full') {
      this.#encode(pulls);
      return;
    }
    const value = model.takeChange();
    this.#send(value, vectorBytes, pulls);
    context.release(value);
  }

  /** Sends the change encoded, or waits for its size where that depends on the numbers. */
  #encode(pulls: boolean): void {
    const state = this.#state;
    const { node, exchange, model, dimension, context } = this.#parts;
    const { up: spec } = exchange;
    const change = model.change();
    const encoded = context.encode({ spec, change, theta: model.theta!, t: state.total });
    context.release(change);
    const count = this.#encoding.count(dimension);
    if (count !== null) this.#sendEncoded(encoded, count, pulls);
    else {
      state.decides = true;
      const { revision } = model;
      context.after(node, 0, { kind: 'encoded', encoded, revision, pulls }, encoded);
    }
    context.release(encoded);
  }

  #encoded({ encoded, revision, pulls }: Timer & { kind: 'encoded' }): void {
    const state = this.#state;
    const { context, model, parent } = this.#parts;
    if (!state.decides) return;
    state.decides = false;
    if (parent() === null || state.unsent.length === 0) return;
    // A model may have come in the meantime.
    if (revision !== model.revision) this.#encode(pulls);
    else this.#sendEncoded(encoded, context.encodedCount(encoded), pulls);
  }

  #sendEncoded(encoded: ValueId, count: number, pulls: boolean): void {
    const { model, dimension, vectorBytes } = this.#parts;
    const { isSparse } = this.#encoding;
    model.takeEncoded(encoded, isSparse);
    // Fewer than all travel.
    if (isSparse) this.#state.leftOver = count < dimension;
    this.#send(encoded, this.#encoding.bytes(count, dimension, vectorBytes / dimension), pulls);
  }

  #send(value: ValueId, bytes: number, pulls: boolean): void {
    const state = this.#state;
    const { node, parent, model, isLast: last, context } = this.#parts;
    // One that asks for a model is done only when that has come.
    const isLast = last() && !pulls;
    const update = context.nextId('result');
    const { unsent: changes, unsentItems: items, unsentPoisoned: poisoned } = state;
    const { version } = model;
    const to = parent()!;
    context.record({ type: 'update-sent', update, node, server: to, changes, bytes });
    if (isLast) Object.assign(state, done());
    Object.assign(state, noneUnsent(), { lastUpdate: update, awaitsModel: pulls });
    Object.assign(state.push, { lastUs: context.nowUs, changes: 0 });
    context.send(node, to, {
      ...{ type: 'update', update, version, value, bytes, changes: changes.length, items },
      ...(pulls && { pulls }),
      ...(isLast && { isLast, ...this.#parts.standing?.() }),
      ...{ ...(poisoned && { poisoned }), ...this.#holds },
    });
    if (pulls || isLast) this.#retryLater();
  }

  #reportDone(): void {
    const { node, parent, standing, context } = this.#parts;
    const { lastUpdate: update } = this.#state;
    const to = parent();
    if (to === null) return;
    context.send(node, to, { type: 'done', update, ...standing?.() });
    this.#retryLater();
  }

  #retryLater(): void {
    const { node, model, retryUs, context } = this.#parts;
    context.after(node, retryUs, { kind: 'retry', version: model.version });
  }
}
