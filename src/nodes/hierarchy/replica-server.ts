import type { DropReason } from '../../journal/reasons.ts';
import { type Closing, Collection } from '../collection.ts';
import { type CollectionState, newCollection } from '../collection-state.ts';
import type { NodeContext, Timer } from '../context.ts';
import { entryOf } from '../entry.ts';
import type { Message, ValueId } from '../messages.ts';
import { asynchronous } from '../round-mode.ts';
import type { ServerLayerSettings, ServerPlace } from '../settings.ts';
import { LocalModel, type LocalModelState, newLocalModel } from './local-model.ts';
import type { ExchangeSettings, HierarchySettings } from './settings.ts';
import { isDue, newTransfer, type TransferState } from './transfer-policy.ts';

/** A server with a model of its own: plain data. */
export interface ReplicaState {
  id: string;
  down: boolean;
  model: LocalModelState;
  /** Of the root's optimiser; null elsewhere, before the first merge, and for one without a state. */
  optimiserState: ValueId | null;
  /** Of its own model: models that it has had before this one. */
  version: number;
  /** Merges so far: of a tree of models these are its rounds and its updates. */
  rounds: number;
  updates: number;
  /** Changes of workers in the updates that it has merged. */
  gradients: number;
  collection: CollectionState;
  /** Workers associated with it, in the order in which they came. */
  workers: string[];
  /** Children that send nothing any more, and whose last update is merged or will never come. */
  done: string[];
  /** Children whose last update is here and not merged. */
  leaving: { child: string; update: number }[];
  /** By child: the last update that came. */
  received: Map<string, number>;
  /** Children that say that they are done, but whose last update has not come. */
  overtaken: string[];
  /** Children that get its model once their update is merged. */
  asking: { child: string; update: number }[];
  /** Results that are in its model and in no push. */
  unsent: number[];
  /** The number of its last update; null before the first. */
  lastUpdate: number | null;
  push: TransferState;
  pull: TransferState;
  /** It has asked its parent for a model, which has not come. */
  awaitsModel: boolean;
  /** An aggregate wakes it when its time is over. */
  isAggregating: boolean;
  isDone: boolean;
  isAcknowledged: boolean;
}

/** `theta`: the untrained model, of which it owns two references from now on. */
export function newReplica(id: string, theta: ValueId): ReplicaState {
  return {
    id,
    down: false,
    model: newLocalModel(theta),
    optimiserState: null,
    version: 0,
    rounds: 0,
    updates: 0,
    gradients: 0,
    collection: newCollection(),
    workers: [],
    done: [],
    leaving: [],
    received: new Map(),
    overtaken: [],
    asking: [],
    unsent: [],
    lastUpdate: null,
    push: newTransfer(),
    pull: newTransfer(),
    awaitsModel: false,
    isAggregating: false,
    isDone: false,
    isAcknowledged: false,
  };
}

/**
 * The program of a server that merges its children's updates into a model of its own, passes on its
 * accumulated change and answers pulls; the root is the one without a parent.
 */
export class ReplicaServer {
  readonly #state: ReplicaState;
  readonly #place: ServerPlace;
  readonly #layer: ServerLayerSettings;
  readonly #settings: HierarchySettings;
  /** Null at the root. */
  readonly #exchange: ExchangeSettings | null;
  readonly #context: NodeContext;
  readonly #collection: Collection;
  readonly #model: LocalModel;

  constructor(
    state: ReplicaState,
    place: ServerPlace,
    layer: ServerLayerSettings,
    settings: HierarchySettings,
    context: NodeContext,
  ) {
    this.#state = state;
    this.#place = place;
    this.#layer = layer;
    this.#settings = settings;
    this.#exchange = place.parent === null ? null : settings.exchange.get(place.layer)!;
    this.#context = context;
    this.#model = new LocalModel(state.model, context);
    this.#collection = new Collection(
      state.collection,
      place,
      layer,
      asynchronous,
      context,
      () => state.model.theta!,
    );
  }

  /** The run begins. */
  start(): void {
    const { everyUs, nodes } = this.#settings.evaluation;
    const isRoot = this.#place.parent === null;
    if (isRoot || nodes !== 'cloud') {
      if (isRoot) this.#evaluate();
      if (everyUs !== null) this.#context.after(this.#state.id, everyUs, { kind: 'evaluate' });
    }
    this.#open();
  }

  /** The run ends: what is in its model and in no push stays unsent. */
  end(): void {
    const isRoot = this.#place.parent === null;
    if (isRoot || this.#settings.evaluation.nodes !== 'cloud') this.#evaluate();
    if (!isRoot) this.#giveUpChange({ outcome: 'unsent' });
  }

  receive(from: string, message: Message): void {
    switch (message.type) {
      case 'model':
        this.#receiveModel(from, message.value, message.version);
        return;
      case 'pull':
        this.#sendModel(from);
        return;
      case 'done':
        this.#childIsDone(from, message.update);
        return;
      case 'closed':
        this.#state.isAcknowledged = true;
        return;
      case 'update':
        this.#receiveUpdate(from, message);
    }
  }

  wake(timer: Timer): void {
    const state = this.#state;
    switch (timer.kind) {
      case 'aggregated':
        state.isAggregating = false;
        this.#merge(timer);
        return;
      case 'deadline':
      case 'decide':
        this.#closed(this.#collection.woken(timer));
        return;
      case 'retry':
        if (state.awaitsModel && timer.version === state.model.version) this.#pull();
        else if (state.isDone && !state.isAcknowledged) this.#reportDone();
        return;
      case 'evaluate':
        this.#evaluate();
        if (!state.isDone) {
          this.#context.after(state.id, this.#settings.evaluation.everyUs!, timer);
        }
    }
  }

  workerJoined(worker: string): void {
    this.#state.workers.push(worker);
    this.#countChildren();
  }

  workerLeft(worker: string): void {
    const state = this.#state;
    state.workers = state.workers.filter((other) => other !== worker);
    state.asking = state.asking.filter(({ child }) => child !== worker);
    this.#countChildren();
  }

  /** A worker has recovered: it asks for the model by itself. */
  greet(): void {}

  crash(memory: 'lost' | 'kept', timers: readonly Timer[]): void {
    const state = this.#state;
    state.down = true;
    const pending = timers.filter((timer) => timer.kind === 'aggregated');
    for (const { value } of pending) this.#context.release(value);
    state.isAggregating = false;
    this.#collection.crash(memory, []);
    if (memory === 'kept') return;
    this.#giveUpChange({ outcome: 'dropped', reason: 'crashed' });
    state.asking = [];
    this.#model.forget();
    this.#context.dropAggregatorState(state.id);
  }

  recover(): void {
    const state = this.#state;
    state.down = false;
    const { everyUs, nodes } = this.#settings.evaluation;
    if (everyUs !== null && nodes !== 'cloud') {
      this.#context.after(state.id, everyUs, { kind: 'evaluate' });
    }
    if (this.#place.parent !== null) this.#pull();
    if (state.collection.open) this.#closed(this.#collection.resume());
    else this.#open();
  }

  get #children(): readonly string[] {
    return this.#place.children.length > 0 ? this.#place.children : this.#state.workers;
  }

  get #activeChildren(): number {
    const { done } = this.#state;
    return this.#children.filter((child) => !done.includes(child)).length;
  }

  #open(): void {
    const { collection, version } = this.#state;
    const round = collection.round + 1;
    const inRange = this.#activeChildren;
    this.#closed(this.#collection.open({ round, version, inRange }));
  }

  #closed(closing: Closing | null): void {
    if (closing === 'aggregate') this.#state.isAggregating = true;
    // Without results, those that wait for their merge get the model as it is.
    if (closing === 'none') {
      this.#answer();
      this.#open();
    }
  }

  #receiveUpdate(from: string, message: Message & { type: 'update' }): void {
    const state = this.#state;
    const { update, pulls = false, isLast = false } = message;
    state.received.set(from, update);
    if (pulls) state.asking.push({ child: from, update });
    if (isLast) {
      state.leaving.push({ child: from, update });
      this.#context.send(state.id, from, { type: 'closed', round: 0 });
    }
    const taken = this.#collection.take(entryOf(from, message)!);
    if (taken === 'behind') {
      this.#endLeaving();
      this.#answer();
    } else this.#closed(taken);
    this.#countChildren();
  }

  /** `update`: its last one, which this short message may have overtaken, or which is lost. */
  #childIsDone(child: string, update: number | null): void {
    const state = this.#state;
    const isHere = update === null || (state.received.get(child) ?? -1) >= update;
    if (!isHere && !state.overtaken.includes(child)) {
      // It is not acknowledged, so the child says so again, and then nothing is on the way any more.
      state.overtaken.push(child);
      return;
    }
    const isLeaving = state.leaving.some((each) => each.child === child);
    if (!state.done.includes(child) && !isLeaving) state.done.push(child);
    this.#context.send(state.id, child, { type: 'closed', round: 0 });
    this.#countChildren();
  }

  /** Those that it waits for have changed: there may be enough by now, or nothing more to come. */
  #countChildren(): void {
    const { collection, down } = this.#state;
    if (down || !collection.open) return;
    collection.inRange = this.#activeChildren;
    const isOver = this.#isOver;
    if (isOver && collection.entries.length === 0) this.#finish();
    else if (isOver && collection.attempt === null) {
      // The last of its children has sent its last update: what is there is merged.
      const { round } = collection;
      this.#closed(this.#collection.woken({ kind: 'deadline', round }));
    } else if (collection.inRange > 0) this.#closed(this.#collection.retry());
  }

  /** Whether no child will send anything more. */
  get #isOver(): boolean {
    const { done, leaving } = this.#state;
    const isLeaving = (child: string) => leaving.some((each) => each.child === child);
    const children = this.#children;
    return (
      children.length > 0 && children.every((child) => done.includes(child) || isLeaving(child))
    );
  }

  /** Those whose last update is merged are done. */
  #endLeaving(): void {
    const state = this.#state;
    const left = state.leaving.filter(({ update }) => !this.#isCollected(update));
    state.leaving = state.leaving.filter((each) => !left.includes(each));
    for (const { child } of left) if (!state.done.includes(child)) state.done.push(child);
  }

  /** In step its children get no model before it has its parent's. */
  get #isHeld(): boolean {
    return this.#state.awaitsModel && this.#settings.pace === 'in-step';
  }

  #isCollected(update: number): boolean {
    const { entries } = this.#state.collection;
    return entries.some(({ kind, id }) => kind === 'update' && id === update);
  }

  #merge({ value, result, gradients }: Timer & { kind: 'aggregated' }): void {
    const state = this.#state;
    const context = this.#context;
    const { theta } = state.model;
    // It has crashed and recovered since, and lost its model.
    if (theta === null) {
      context.release(value);
      return;
    }
    // Children whose updates could be in the merge, those that are done with it among them.
    const { inRange } = state.collection;
    const share = this.#layer.sharesByChildren ? 1 / Math.max(1, inRange) : 1;
    const isRoot = this.#place.parent === null;
    const learningRate = isRoot ? this.#settings.rootLearningRate * share : share;
    if (isRoot) {
      const memory = state.optimiserState;
      state.optimiserState = context.remember(theta, value, memory);
      const next = context.update(theta, value, state.optimiserState, learningRate);
      if (memory !== null) context.release(memory);
      this.#model.become(next);
    } else {
      this.#model.become(context.addScaled(theta, value, -learningRate));
    }
    context.release(value);
    state.version += 1;
    state.rounds += 1;
    state.updates += 1;
    state.gradients += gradients;
    const { version, updates: round } = state;
    const made = { server: state.id, round, version, gradients: state.gradients, learningRate };
    context.record({ type: 'updated', ...made }, isRoot ? state.model.theta! : undefined);
    state.unsent.push(result);
    state.push.changes += 1;
    state.pull.changes += 1;
    this.#endLeaving();
    this.#exchangeWhenDue(this.#isOver && state.collection.entries.length === 0);
    this.#open();
    this.#countChildren();
  }

  /** `isLast`: nothing more will come from below. */
  #exchangeWhenDue(isLast: boolean): void {
    const state = this.#state;
    const exchange = this.#exchange;
    if (exchange === null) {
      state.unsent = [];
      this.#answer();
      return;
    }
    const { nowUs } = this.#context;
    const pulls = isDue(exchange.pull, state.pull, nowUs);
    if (isDue(exchange.push, state.push, nowUs) || (isLast && exchange.flush)) {
      this.#push(pulls, isLast && !pulls);
    } else {
      this.#context.record({ type: 'update-held-back', node: state.id });
      if (pulls) this.#pull();
    }
    this.#answer();
  }

  #push(pulls: boolean, isLast: boolean): void {
    const state = this.#state;
    const context = this.#context;
    const update = context.nextId('result');
    const { unsent: changes } = state;
    const value = this.#model.takeChange();
    const { version } = state.model;
    const to = this.#place.parent!;
    context.record({ type: 'update-sent', update, node: state.id, server: to, changes });
    if (isLast) state.isDone = true;
    Object.assign(state, {
      lastUpdate: update,
      unsent: [],
      awaitsModel: pulls,
    });
    Object.assign(state.push, { lastUs: context.nowUs, changes: 0 });
    context.send(state.id, to, {
      ...{ type: 'update', update, version, value, changes: changes.length },
      ...(pulls && { pulls }),
      ...(isLast && { isLast }),
    });
    context.release(value);
    if (pulls || isLast) this.#retryLater();
  }

  #pull(): void {
    const state = this.#state;
    state.awaitsModel = true;
    const { version } = state.model;
    this.#context.send(state.id, this.#place.parent!, { type: 'pull', version });
    this.#retryLater();
  }

  #retryLater(): void {
    const { id, model } = this.#state;
    const timer = { kind: 'retry', version: model.version } as const;
    this.#context.after(id, this.#settings.retryUs, timer);
  }

  #receiveModel(from: string, value: ValueId, version: number): void {
    const state = this.#state;
    if (version < state.model.version) return;
    this.#context.record({ type: 'model-received', node: state.id, from, version });
    const { unsent } = this.#exchange!;
    if (unsent === 'discard') this.#giveUpChange({ outcome: 'dropped', reason: 'discarded' });
    this.#model.receive(value, version, unsent);
    state.version += 1;
    Object.assign(state.pull, { lastUs: this.#context.nowUs, changes: 0 });
    state.awaitsModel = false;
    if (this.#layer.down === 'push') {
      for (const child of this.#children) this.#sendModel(child);
    }
    this.#answer();
    this.#countChildren();
  }

  /** Sends its model to those whose updates are merged. */
  #answer(): void {
    const state = this.#state;
    if (state.model.theta === null || this.#isHeld) return;
    const ready = state.asking.filter(({ update }) => !this.#isCollected(update));
    state.asking = state.asking.filter((each) => !ready.includes(each));
    for (const { child } of ready) this.#sendModel(child);
  }

  #sendModel(child: string): void {
    const { id, model, version } = this.#state;
    if (model.theta === null) return;
    this.#context.record({ type: 'model-sent', node: id, to: child, version });
    this.#context.send(id, child, { type: 'model', version, value: model.theta });
  }

  /** All children are done and everything is merged. */
  #finish(): void {
    const state = this.#state;
    if (state.isDone || state.isAggregating || state.awaitsModel) return;
    if (this.#exchange === null) {
      state.isDone = true;
      this.#context.finish('windows');
    } else if (this.#exchange.flush && state.unsent.length > 0) {
      this.#push(false, true);
    } else {
      state.isDone = true;
      this.#reportDone();
    }
  }

  #reportDone(): void {
    const { id, lastUpdate: update } = this.#state;
    this.#context.send(id, this.#place.parent!, { type: 'done', update });
    this.#retryLater();
  }

  /** What it has merged since its last push goes no further. */
  #giveUpChange(end: { outcome: 'unsent' } | { outcome: 'dropped'; reason: DropReason }): void {
    const state = this.#state;
    if (state.unsent.length === 0) return;
    const update = this.#context.nextId('result');
    const { id: node, unsent: changes } = state;
    const { parent: server } = this.#place;
    this.#context.record({ type: 'change-ended', update, node, server, changes, ...end });
    state.unsent = [];
    state.push.changes = 0;
  }

  #evaluate(): void {
    const { id: server, model, version, updates: round, gradients } = this.#state;
    if (model.theta === null) return;
    const evaluation = this.#context.evaluate(model.theta);
    const { split } = this.#settings.evaluation;
    const at = { round, version, epoch: 0, gradients };
    this.#context.record({ type: 'evaluated', server, ...at, split }, evaluation);
    this.#context.release(evaluation);
  }
}
