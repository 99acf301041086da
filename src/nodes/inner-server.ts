import { askForModel, asksForModel } from './asking.ts';
import { type Closing, Collection } from './collection.ts';
import { entryOf } from './collection-entry.ts';
import { type CollectionState, newCollection } from './collection-state.ts';
import type { NodeContext, Timer } from './context.ts';
import { isOlder } from './is-older.ts';
import type { Message, ValueId } from './messages.ts';
import type { RoundMode } from './round-mode.ts';
import type { ServerLayerSettings, ServerPlace } from './settings.ts';

/**
 * Any server below the cloud, in mode relay: it has no model of its own, aggregates what its
 * workers or child servers send, and passes the aggregate on.
 */
export interface InnerServerState {
  type: 'inner-server';
  id: string;
  collection: CollectionState;
  /**
   * The newest model, for workers that come into range, and in which round the server above sent
   * it. In synchronous rounds null while closed.
   */
  model: { round: number; version: number; theta: ValueId } | null;
  /** Workers associated with it, in the order in which they came. */
  workers: string[];
  /** In asynchronous rounds: it will request its first model if that does not arrive. */
  willAsk: boolean;
  /** It has crashed and not recovered. */
  down: boolean;
  /**
   * In synchronous rounds: it has lost the results of the open round, or of the one that it is
   * about to open.
   */
  mustResend: boolean;
}

export function newInnerServer(id: string): InnerServerState {
  const flags = { willAsk: false, down: false, mustResend: false };
  const type = 'inner-server';
  return { type, id, collection: newCollection(), model: null, workers: [], ...flags };
}

/** The program of one inner server: how it answers messages, timers and workers that move. */
export class InnerServer {
  readonly #state: InnerServerState;
  readonly #place: ServerPlace;
  readonly #layer: ServerLayerSettings;
  readonly #mode: RoundMode;
  readonly #context: NodeContext;
  readonly #collection: Collection;

  constructor(
    state: InnerServerState,
    place: ServerPlace,
    layer: ServerLayerSettings,
    mode: RoundMode,
    context: NodeContext,
  ) {
    this.#state = state;
    this.#place = place;
    this.#layer = layer;
    this.#mode = mode;
    this.#context = context;
    this.#collection = new Collection(
      state.collection,
      place,
      layer,
      mode,
      context,
      // It collects for the model that it has.
      () => state.model!.theta,
    );
  }

  receive(from: string, message: Message): void {
    if (message.type === 'theta') {
      this.#receiveModel(message.round, message.version, message.value);
      return;
    }
    const entry = entryOf(from, message);
    if (entry === null) return;
    const taken = this.#collection.take(entry);
    if (taken !== 'behind') this.#closed(taken);
    else if (!this.#mode.isSynchronous) this.#answer(from);
    else if (asksForModel(message)) this.#sendTheta([from]);
  }

  wake(timer: Timer): void {
    if (timer.kind === 'aggregated') {
      const { version, result, gradients, value } = timer;
      const round = this.#mode.isSynchronous ? timer.round : this.#state.model!.round;
      this.#sendUp({ type: 'result', round, version, result, gradients, value });
      this.#context.release(value);
    } else if (timer.kind === 'deadline' && timer.round === askForModel.round) {
      this.#askForModel(timer);
    } else if (timer.kind === 'deadline' || timer.kind === 'decide') {
      this.#closed(this.#collection.woken(timer));
    }
  }

  childJoined(worker: string): void {
    this.#state.workers.push(worker);
    this.#sendModelTo(worker);
  }

  /** A worker of this server works again after a crash. */
  workerRecovered(worker: string): void {
    this.#sendModelTo(worker);
  }

  childLeft(worker: string): void {
    this.#state.workers = this.#state.workers.filter((other) => other !== worker);
  }

  /** `timers`: its own, which are cancelled. */
  crash(ownState: 'lost' | 'kept', timers: readonly Timer[]): void {
    const state = this.#state;
    state.down = true;
    state.willAsk = false;
    const pending = timers.filter((timer) => timer.kind === 'aggregated');
    const isUndone = this.#collection.crash(ownState, pending);
    state.mustResend ||= isUndone;
    if (ownState === 'kept') return;
    this.#forgetModel();
    this.#context.dropAggregatorState(state.id);
  }

  /** It may have missed a model, and its children the one that it has. */
  recover(): void {
    this.#state.down = false;
    this.#sendUp(askForModel);
    this.#beReadyToAsk();
    this.#sendTheta(this.#children);
    this.#closed(this.#collection.recover());
  }

  get #children(): readonly string[] {
    return this.#place.children.length > 0 ? this.#place.children : this.#state.workers;
  }

  /** A child may have missed a model, or this server itself. */
  #answer(child: string): void {
    if (this.#state.model !== null) this.#sendTheta([child]);
    else this.#sendUp(askForModel);
  }

  #sendModelTo(worker: string): void {
    if (this.#state.down) return;
    this.#sendTheta([worker]);
    this.#beReadyToAsk();
  }

  /**
   * In asynchronous rounds the cloud answers only children that send, and without a model no
   * deadline runs.
   */
  #beReadyToAsk(): void {
    const state = this.#state;
    const { deadlineUs } = this.#layer;
    if (this.#mode.isSynchronous || state.model !== null || state.willAsk || deadlineUs === null)
      return;
    state.willAsk = true;
    const timer = { kind: 'deadline', round: askForModel.round } as const;
    this.#context.after(state.id, deadlineUs, timer);
  }

  #askForModel(timer: Timer & { kind: 'deadline' }): void {
    if (this.#state.model !== null) return;
    this.#sendUp(askForModel);
    this.#context.after(this.#state.id, this.#layer.deadlineUs!, timer);
  }

  #receiveModel(round: number, version: number, theta: ValueId): void {
    const { model, collection } = this.#state;
    const { isSynchronous } = this.#mode;
    // In answer to a server that has recovered, but had not missed it.
    if (isSynchronous && round <= collection.round) return;
    // A repeated model, for children that may have missed it, or one overtaken in transit.
    if (!isSynchronous && model !== null && isOlder({ round, version }, model)) return;
    this.#context.keep(theta);
    if (model !== null) this.#context.release(model.theta);
    this.#state.model = { round, version, theta };
    let closing: Closing | null;
    if (isSynchronous || model === null)
      closing = this.#open(isSynchronous ? round : collection.round + 1);
    else closing = this.#collection.overtake(version);
    this.#sendTheta(this.#children);
    this.#closed(closing);
  }

  #open(round: number): Closing | null {
    const { version } = this.#state.model!;
    return this.#collection.open({ round, version, children: this.#children.length });
  }

  #closed(first: Closing | null): void {
    for (let closing = first; closing !== null; ) {
      const { round } = this.#state.collection;
      if (closing === 'none') this.#sendUp({ type: 'no-result', round });
      this.#notifyWorkers(round);
      if (this.#mode.isSynchronous) {
        this.#forgetModel();
        this.#state.mustResend = false;
        return;
      }
      closing = this.#open(round + 1);
    }
  }

  /**
   * In synchronous rounds workers stop at once; otherwise workers that have reached their limit
   * stop waiting.
   */
  #notifyWorkers(round: number): void {
    if (!this.#mode.isSynchronous && this.#layer.maxPerWorker === null) return;
    for (const worker of this.#state.workers) {
      this.#context.send(this.#state.id, worker, { type: 'closed', round });
    }
  }

  /** The model of a closed round is not needed any more. */
  #forgetModel(): void {
    const { model } = this.#state;
    if (model !== null) this.#context.release(model.theta);
    this.#state.model = null;
  }

  #sendUp(message: Message): void {
    this.#context.send(this.#state.id, this.#place.parent!, message);
  }

  /** Sends the newest model, if there is one, as of this server's own round. */
  #sendTheta(children: readonly string[]): void {
    const { collection, model, id, mustResend } = this.#state;
    if (model === null) return;
    const { round } = collection;
    const { version, theta } = model;
    const resend = mustResend && ({ resend: true } as const);
    const message = { type: 'theta', round, version, value: theta, ...resend } as const;
    for (const child of children) this.#context.send(id, child, message);
  }
}
