import type { TimeUs } from '../../simulation/time.ts';
import { newCollection } from '../collection-state.ts';
import type { NodeContext, Timer } from '../context.ts';
import type { Message } from '../messages.ts';
import type { ServerLayerSettings, ServerPlace } from '../settings.ts';
import { ChildUpdates, type CollectingState, standFor, standing } from './child-updates.ts';
import { newChildren } from './children.ts';
import type { HierarchySettings } from './settings.ts';

/** A server without a model of its own in a tree of models: plain data. */
export interface RelayState extends CollectingState {
  type: 'relay';
  /** Children that wait for the parent's model. */
  waiting: string[];
  /** The parent was asked for its model, which has not come. */
  awaitsModel: boolean;
  /** The number of the last update that it passed on; null before the first. */
  lastUpdate: number | null;
  isDone: boolean;
  isAcknowledged: boolean;
}

export function newRelay({ id, parent, children }: ServerPlace): RelayState {
  return {
    type: 'relay',
    ...{ id, parent, down: false, collection: newCollection(), waiting: [] },
    children: newChildren(children),
    standsFor: [],
    ...{ awaitsModel: false, isAggregating: false, lastUpdate: null },
    ...{ isDone: false, isAcknowledged: false },
  };
}

/**
 * The program of a server that merges its children's updates and passes the result on at once, asks its
 * parent for the model when a child asks, and passes that on too.
 */
export class RelayServer {
  readonly #state: RelayState;
  readonly #layer: ServerLayerSettings;
  readonly #retryUs: TimeUs;
  readonly #pace: HierarchySettings['pace'];
  /** Of a full vector on the wire. */
  readonly #bytes: number;
  readonly #context: NodeContext;
  readonly #updates: ChildUpdates;

  constructor(
    state: RelayState,
    place: ServerPlace,
    layer: ServerLayerSettings,
    { retryUs, vectorBytes, pace }: Pick<HierarchySettings, 'retryUs' | 'vectorBytes' | 'pace'>,
    context: NodeContext,
  ) {
    this.#state = state;
    this.#layer = layer;
    this.#retryUs = retryUs;
    this.#pace = pace;
    this.#bytes = vectorBytes;
    this.#context = context;
    this.#updates = new ChildUpdates(state, place, layer, context, {
      version: () => state.collection.version,
      theta: () => {
        throw new Error('a relay has no model for a gradient of its own');
      },
      isReady: () => true,
      answer: () => this.#ask(this.#updates.children.takeAsking()),
      over: () => this.#finish(),
    });
  }

  start(): void {
    this.#updates.open();
  }

  receive(from: string, message: Message): void {
    const state = this.#state;
    switch (message.type) {
      case 'update':
        this.#updates.receive(from, message);
        return;
      case 'pull':
        // In synchronous rounds one that repeats its request goes on waiting for its update to be passed on.
        if (this.#pace === 'free' || !this.#updates.children.isAsking(from)) this.#ask([from]);
        return;
      case 'model':
        if (from === state.parent) this.#passOn(message);
        return;
      case 'done':
        this.#updates.isDone(from, message);
        return;
      case 'closed':
        if (from === state.parent) state.isAcknowledged = true;
    }
  }

  wake(timer: Timer): void {
    const state = this.#state;
    switch (timer.kind) {
      case 'aggregated':
        this.#send(timer);
        return;
      case 'deadline':
      case 'decide':
        this.#updates.woken(timer);
        return;
      case 'retry':
        if (state.isDone && !state.isAcknowledged) this.#reportDone();
        else if (state.awaitsModel && timer.version === state.collection.version) this.#pull();
    }
  }

  childJoined(child: string): void {
    this.#updates.children.join(child);
    this.#updates.recount();
  }

  childLeft(child: string): void {
    const state = this.#state;
    this.#updates.children.leave(child);
    state.waiting = state.waiting.filter((other) => other !== child);
    this.#updates.recount();
  }

  /** It gets children after it may have been done. */
  reopen(): void {
    Object.assign(this.#state, { isDone: false, isAcknowledged: false });
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
    Object.assign(this.#state, { parent, isAcknowledged: false, lastUpdate: null });
    this.parentBack();
  }

  /** The server above goes on as another, without what this one has sent it. */
  parentLost(): void {
    Object.assign(this.#state, { isAcknowledged: false, lastUpdate: null });
  }

  /** That other one is there. */
  parentBack(): void {
    const { down, awaitsModel, isDone, isAcknowledged } = this.#state;
    if (down) return;
    if (awaitsModel) this.#pull();
    else if (isDone && !isAcknowledged) this.#reportDone();
  }

  /** A worker has recovered: it asks for the model by itself. */
  workerRecovered(): void {}

  crash(ownState: 'lost' | 'kept', timers: readonly Timer[]): void {
    this.#updates.crash(ownState, timers);
    this.#state.awaitsModel = false;
    if (ownState === 'lost') this.#state.waiting = [];
  }

  recover(): void {
    const state = this.#state;
    state.down = false;
    if (state.waiting.length > 0) this.#pull();
    this.#updates.recover();
  }

  /** Passes on what it has merged, and asks for the model that the senders asked for. */
  #send({
    value,
    result,
    version,
    gradients: changes,
    items,
  }: Timer & { kind: 'aggregated' }): void {
    const state = this.#state;
    const context = this.#context;
    const { id: node } = state;
    this.#updates.merged();
    const asking = this.#updates.children.takeAsking();
    const update = context.nextId('result');
    const server = this.#state.parent!;
    context.record({
      type: 'update-sent',
      update,
      node,
      server,
      changes: [result],
      bytes: this.#bytes,
    });
    state.lastUpdate = update;
    const pulls = asking.length > 0 && ({ pulls: true } as const);
    if (pulls) {
      state.waiting.push(...asking.filter((child) => !state.waiting.includes(child)));
      state.awaitsModel = true;
      this.#retryLater();
    }
    const { share } = this.#updates;
    const sent = share === 1 ? value : this.#scaled(value, share);
    context.send(node, server, {
      type: 'update',
      update,
      version,
      value: sent,
      changes,
      items,
      bytes: this.#bytes,
      ...pulls,
    });
    context.release(sent);
    this.#updates.open();
    this.#updates.recount();
  }

  /** Releases the value. Out: share times it, which the caller owns. */
  #scaled(value: number, share: number): number {
    const scaled = this.#context.addScaled(value, value, share - 1);
    this.#context.release(value);
    return scaled;
  }

  /** These children want the parent's model. */
  #ask(children: readonly string[]): void {
    const { waiting, awaitsModel } = this.#state;
    waiting.push(...children.filter((child) => !waiting.includes(child)));
    if (waiting.length > 0 && !awaitsModel) this.#pull();
  }

  #pull(): void {
    const { id, collection } = this.#state;
    this.#state.awaitsModel = true;
    this.#context.send(id, this.#state.parent!, { type: 'pull', version: collection.version });
    this.#retryLater();
  }

  #passOn({ version, value }: Message & { type: 'model' }): void {
    const state = this.#state;
    const { id: node } = state;
    this.#context.record({ type: 'model-received', node, from: this.#state.parent!, version });
    const to = this.#layer.down === 'push' ? this.#updates.children.all : state.waiting;
    for (const child of to) {
      this.#context.record({ type: 'model-sent', node, to: child, version, bytes: this.#bytes });
      this.#context.send(node, child, { type: 'model', version, value, bytes: this.#bytes });
    }
    Object.assign(state, { waiting: [], awaitsModel: false });
    this.#updates.overtake(version);
    this.#updates.recount();
  }

  #finish(): void {
    const state = this.#state;
    if (state.isDone || state.awaitsModel) return;
    Object.assign(state, { isDone: true, isAcknowledged: false });
    this.#reportDone();
  }

  #reportDone(): void {
    const { id, lastUpdate: update } = this.#state;
    const done = { type: 'done', update, ...standing(this.#state) } as const;
    this.#context.send(id, this.#state.parent!, done);
    this.#retryLater();
  }

  #retryLater(): void {
    const { version } = this.#state.collection;
    this.#context.after(this.#state.id, this.#retryUs, { kind: 'retry', version });
  }
}
