import type { DropReason } from '../../journal/reasons.ts';
import type { TimeUs } from '../../simulation/time.ts';
import type { NodeContext, Timer } from '../context.ts';
import type { Message } from '../messages.ts';
import type { LocalModel } from './local-model.ts';
import type { ExchangeSettings } from './settings.ts';
import { isDue, newTransfer, type TransferState } from './transfer-policy.ts';

/** What a node has exchanged with its parent: plain data. */
export interface UplinkState {
  /** Changes in its model and in no update: windows of a worker, results of a server. */
  unsent: number[];
  /** The number of the last update that its parent was sent; null before the first. */
  lastUpdate: number | null;
  push: TransferState;
  pull: TransferState;
  /** It has asked for a model, which has not come. */
  awaitsModel: boolean;
  /** It sends no more changes. */
  isDone: boolean;
  /** Its parent knows that. */
  isAcknowledged: boolean;
}

export function newUplink(): UplinkState {
  return {
    unsent: [],
    lastUpdate: null,
    push: newTransfer(),
    pull: newTransfer(),
    awaitsModel: false,
    isDone: false,
    isAcknowledged: false,
  };
}

interface UplinkParts {
  node: string;
  parent: () => string | null;
  exchange: ExchangeSettings;
  retryUs: TimeUs;
  /** Size of a full vector on the wire. */
  vectorBytes: number;
  model: LocalModel;
  context: NodeContext;
}

/** How a change came to its end that was in no update. */
type EndOfChange = { outcome: 'unsent' } | { outcome: 'dropped'; reason: DropReason };

/** Exchanges updates and models with a node's parent. */
export class Uplink {
  readonly #state: UplinkState;
  readonly #parts: UplinkParts;

  constructor(state: UplinkState, parts: UplinkParts) {
    this.#state = state;
    this.#parts = parts;
  }

  /** The model has changed. `isLast`: it will not change again by itself. */
  changed(change: number, isLast: boolean): void {
    const state = this.#state;
    const { node, parent, exchange, context } = this.#parts;
    state.unsent.push(change);
    state.push.changes += 1;
    state.pull.changes += 1;
    if (parent() === null) return;
    const pulls = isDue(exchange.pull, state.pull, context.nowUs);
    if (isDue(exchange.push, state.push, context.nowUs) || (isLast && exchange.flush)) {
      // One that asks for a model is done only when that has come.
      this.#push(pulls, isLast && !pulls);
      return;
    }
    context.record({ type: 'update-held-back', node });
    if (pulls) this.pull();
  }

  /** Asks for the parent's model. */
  pull(): void {
    const { node, parent, model, context } = this.#parts;
    this.#state.awaitsModel = true;
    context.send(node, parent()!, { type: 'pull', version: model.version });
    this.#retryLater();
  }

  /** Takes the parent's model, unless it is older than the one before. Out: whether it did. */
  receive(from: string, { version, value }: Message & { type: 'model' }): boolean {
    const { node, model, exchange, context } = this.#parts;
    if (version < model.version) return false;
    context.record({ type: 'model-received', node, from, version });
    if (exchange.unsent === 'discard') this.giveUp({ outcome: 'dropped', reason: 'discarded' });
    model.receive(value, version, exchange.unsent);
    Object.assign(this.#state.pull, { lastUs: context.nowUs, changes: 0 });
    this.#state.awaitsModel = false;
    return true;
  }

  /** The parent knows that this node is done. */
  acknowledged(): void {
    this.#state.isAcknowledged = true;
  }

  /** What was asked for or reported may be lost. */
  retry({ version }: Timer & { kind: 'retry' }): void {
    const { awaitsModel, isDone, isAcknowledged } = this.#state;
    if (this.#parts.parent() === null) return;
    if (awaitsModel && version === this.#parts.model.version) this.pull();
    else if (isDone && !isAcknowledged) this.#reportDone();
  }

  /** Nothing changes any more: sends what is held back, and reports that the node is done. */
  finish(): void {
    const state = this.#state;
    if (state.isDone || state.awaitsModel || this.#parts.parent() === null) return;
    if (this.#parts.exchange.flush && state.unsent.length > 0) {
      this.#push(false, true);
      return;
    }
    state.isDone = true;
    this.#reportDone();
  }

  /** It has another parent now: asks for its model, unless it `starts` with the one that all have. */
  join(starts: boolean): void {
    const state = this.#state;
    Object.assign(state, { awaitsModel: false, isAcknowledged: false, lastUpdate: null });
    this.#parts.model.forgetVersion();
    if (!starts) this.pull();
    if (state.isDone) this.#reportDone();
  }

  /** What it has asked for will not come. */
  leave(): void {
    this.#state.awaitsModel = false;
  }

  /** What changed since its last update goes no further. */
  giveUp(end: EndOfChange): void {
    const state = this.#state;
    if (state.unsent.length === 0) return;
    const { node, parent, context } = this.#parts;
    const update = context.nextId('result');
    const { unsent: changes } = state;
    context.record({ type: 'change-ended', update, node, server: parent(), changes, ...end });
    state.unsent = [];
    state.push.changes = 0;
  }

  #push(pulls: boolean, isLast: boolean): void {
    const state = this.#state;
    const { node, parent, model, vectorBytes: bytes, context } = this.#parts;
    const update = context.nextId('result');
    const { unsent: changes } = state;
    const { version } = model;
    const value = model.takeChange();
    const to = parent()!;
    context.record({ type: 'update-sent', update, node, server: to, changes, bytes });
    if (isLast) state.isDone = true;
    Object.assign(state, { lastUpdate: update, unsent: [], awaitsModel: pulls });
    Object.assign(state.push, { lastUs: context.nowUs, changes: 0 });
    context.send(node, to, {
      ...{ type: 'update', update, version, value, bytes, changes: changes.length },
      ...(pulls && { pulls }),
      ...(isLast && { isLast }),
    });
    context.release(value);
    if (pulls || isLast) this.#retryLater();
  }

  #reportDone(): void {
    const { node, parent, context } = this.#parts;
    const to = parent();
    if (to === null) return;
    context.send(node, to, { type: 'done', update: this.#state.lastUpdate });
    this.#retryLater();
  }

  #retryLater(): void {
    const { node, model, retryUs, context } = this.#parts;
    context.after(node, retryUs, { kind: 'retry', version: model.version });
  }
}
