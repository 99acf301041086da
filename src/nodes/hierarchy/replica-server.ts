import type { NodeContext, Timer } from '../context.ts';
import type { Message } from '../messages.ts';
import { ModelHolder } from '../model-holder.ts';
import type { ServerLayerSettings, ServerPlace } from '../settings.ts';
import { ChildUpdates, standFor, standing } from './child-updates.ts';
import { LocalModel } from './local-model.ts';
import { ModelSender } from './model-sender.ts';
import type { ReplicaState } from './replica-state.ts';
import { SelfEvaluation } from './self-evaluation.ts';
import type { HierarchySettings } from './settings.ts';
import { Uplink } from './uplink.ts';

/**
 * The program of a server that merges its children's updates into a model of its own, passes on its
 * accumulated change and answers pulls; the root is the one without a parent.
 */
export class ReplicaServer {
  readonly #state: ReplicaState;
  readonly #layer: ServerLayerSettings;
  readonly #settings: HierarchySettings;
  readonly #layerName: string;
  readonly #isRoot: boolean;
  readonly #context: NodeContext;
  readonly #updates: ChildUpdates;
  readonly #model: LocalModel;
  readonly #holder: ModelHolder;
  readonly #evaluation: SelfEvaluation;
  readonly #sender: ModelSender;
  /** Null at the root. */
  readonly #uplink: Uplink | null;

  constructor(
    state: ReplicaState,
    place: ServerPlace,
    layer: ServerLayerSettings,
    settings: HierarchySettings,
    context: NodeContext,
  ) {
    this.#state = state;
    this.#layer = layer;
    this.#settings = settings;
    this.#layerName = place.layer;
    this.#isRoot = place.parent === null;
    this.#context = context;
    this.#model = new LocalModel(state.model, context);
    const stepping = { hasOptimiser: this.#isRoot, learningRate: () => this.#learningRate };
    this.#holder = new ModelHolder(state.id, state, this.#model, stepping, context);
    const kind = this.#isRoot ? 'root' : 'server';
    this.#evaluation = new SelfEvaluation(state.id, settings, kind, context, () => {
      const { version, updates: round, gradients } = state;
      return { theta: state.model.theta, round, version, gradients };
    });
    const model = () => ({ theta: state.model.theta, version: state.version });
    this.#sender = new ModelSender(state.sent, { node: state.id, settings, context, model });
    const collector = {
      version: () => state.version,
      theta: () => state.model.theta!,
      isReady: () => state.model.theta !== null,
      answer: () => this.#answer(),
      over: () => this.#finish(),
    };
    const participants = settings.participants.get(place.layer) ?? null;
    this.#updates = new ChildUpdates(state, place, layer, context, collector, participants);
    const { retryUs, vectorBytes, dimension } = settings;
    const exchange = settings.exchange.get(place.layer);
    this.#uplink =
      this.#isRoot || exchange === undefined
        ? null
        : new Uplink(state.uplink, {
            ...{ node: state.id, layer: place.layer, parent: () => state.parent },
            ...{ exchange, context, isLast: () => this.#updates.isLast },
            ...{ retryUs, vectorBytes, dimension, model: this.#model },
            standing: () => standing(state),
          });
  }

  /** The run begins. */
  start(): void {
    if (this.#isRoot) this.#evaluation.now();
    this.#evaluation.later();
    if (this.#settings.asksFirst.has(this.#layerName)) this.#uplink?.pull();
    this.#updates.open();
  }

  /** The run ends: what is in its model and in no update stays unsent. */
  end(): void {
    this.#evaluation.now();
    this.#uplink?.giveUp({ outcome: 'unsent' });
  }

  receive(from: string, message: Message): void {
    switch (message.type) {
      case 'model':
        this.#receiveModel(from, message);
        return;
      case 'pull':
        this.#sender.said(from, message.holds);
        if (this.#updates.asks(from) || this.#waitsAlready(from)) this.#answer();
        else if (this.#model.theta === null) this.#updates.children.asks(from);
        else this.#sender.send(from);
        return;
      case 'done':
        this.#updates.isDone(from, message);
        return;
      case 'closed':
        if (from === this.#state.parent) this.#uplink?.acknowledged();
        return;
      case 'update':
        this.#sender.said(from, message.holds);
        this.#updates.receive(from, message);
    }
  }

  wake(timer: Timer): void {
    switch (timer.kind) {
      case 'aggregated':
        this.#merge(timer);
        return;
      case 'deadline':
      case 'decide':
        this.#updates.woken(timer);
        return;
      case 'exchange':
      case 'encoded':
        this.#uplink?.decide(timer);
        this.#answer();
        this.#updates.recount();
        return;
      case 'model-encoded':
        this.#sender.encoded(timer);
        return;
      case 'retry':
        this.#uplink?.retry(timer);
        return;
      case 'evaluate':
        this.#evaluation.now();
        if (!this.#state.uplink.isDone) this.#evaluation.later();
    }
  }

  childJoined(child: string): void {
    this.#updates.children.join(child);
    this.#updates.recount();
  }

  childLeft(child: string): void {
    this.#updates.children.leave(child);
    this.#sender.forget(child);
    this.#updates.recount();
  }

  /** It gets children after it may have been done. */
  reopen(): void {
    if (this.#state.uplink.isDone) this.#evaluation.later();
    this.#uplink?.reopen();
    this.#updates.recount();
  }

  /** The same of one of its children. */
  childReopened(child: string): void {
    this.#updates.children.reopen(child);
  }

  /** The children of a server are with this one from now on, or no longer. */
  standFor(server: string, isAway: boolean): void {
    standFor(this.#state, server, isAway);
  }

  /** Workers of a server are about to come, or no longer: nothing is over before. */
  expect(workers: readonly string[], areComing: boolean): void {
    this.#updates.children.expect(workers, areComing);
  }

  /** That the children of a server are with one of its own. */
  standsIn(child: string, server: string, isAway: boolean): void {
    this.#updates.children.standsIn(child, server, isAway);
  }

  /** It is with another server above from now on. */
  moveTo(parent: string): void {
    this.#uplink!.leave();
    this.#state.parent = parent;
    this.#uplink!.join(this.#state.down ? 'down' : 'asks');
  }

  /** The server above goes on as another, without what this one has sent it. */
  parentLost(): void {
    this.#uplink?.parentLost();
  }

  /** That other one is there. */
  parentBack(): void {
    if (!this.#state.down) this.#uplink?.askAgain();
  }

  /** A worker has recovered: it asks for the model by itself. */
  workerRecovered(): void {}

  crash(ownState: 'lost' | 'kept', timers: readonly Timer[]): void {
    this.#updates.crash(ownState, timers);
    this.#uplink?.leave();
    this.#sender.stop();
    if (ownState === 'kept') return;
    this.#uplink?.giveUp({ outcome: 'dropped', reason: 'crashed' });
    this.#model.forget();
    this.#sender.forgetAll();
  }

  recover(): void {
    this.#state.down = false;
    this.#evaluation.later();
    this.#uplink?.pull();
    this.#updates.recover();
  }

  #merge({ value, result, gradients, items }: Timer & { kind: 'aggregated' }): void {
    const state = this.#state;
    this.#updates.merged();
    // It has crashed and recovered since, and lost its model.
    if (state.model.theta === null) {
      this.#context.release(value);
      return;
    }
    state.rounds += 1;
    this.#holder.update(value, { round: state.rounds, epoch: 0, gradients });
    this.#uplink?.changed(result, items);
    this.#answer();
    const { maximumRounds } = this.#settings;
    if (this.#isRoot && maximumRounds !== null && state.rounds >= maximumRounds) {
      this.#context.finish('rounds');
    }
    this.#updates.open();
    this.#updates.recount();
  }

  get #learningRate(): number {
    return this.#isRoot
      ? this.#settings.rootLearningRate * this.#updates.share
      : this.#updates.share;
  }

  #receiveModel(from: string, message: Message & { type: 'model' }): void {
    // Of another one that it was with before.
    if (from !== this.#state.parent || this.#uplink?.receive(from, message) !== true) return;
    this.#state.version += 1;
    if (this.#layer.down === 'push') {
      for (const child of this.#updates.children.all) this.#sender.send(child);
    }
    this.#answer();
    this.#updates.reopen();
    this.#updates.recount();
  }

  /**
   * Sends its model to the children whose updates are merged; in synchronous rounds only after a
   * merge of its parent's.
   */
  #answer(): void {
    const { model, uplink } = this.#state;
    const isHeld = (uplink.awaitsModel || uplink.decides) && this.#settings.pace === 'synchronous';
    if (model.theta === null || isHeld) return;
    for (const child of this.#updates.takeAsking()) this.#sender.send(child);
  }

  /**
   * Whether a child only repeats its request: in synchronous rounds it goes on waiting for the merge of the
   * update that is here, however long that takes.
   */
  #waitsAlready(child: string): boolean {
    return this.#settings.pace === 'synchronous' && this.#updates.children.isAsking(child);
  }

  /** All children are done and everything is merged. */
  #finish(): void {
    const { uplink } = this.#state;
    if (uplink.isDone) return;
    if (this.#uplink !== null) {
      this.#uplink.finish();
      return;
    }
    uplink.isDone = true;
    this.#context.finish('windows');
  }
}
