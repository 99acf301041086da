import type { DropReason } from '../../journal/reasons.ts';
import type { TimeUs } from '../../simulation/time.ts';
import type { NodeContext, Timer } from '../context.ts';
import type { Message, ValueId } from '../messages.ts';
import { LocalModel, type LocalModelState, newLocalModel } from './local-model.ts';
import type { ExchangeSettings, HierarchySettings } from './settings.ts';
import { isDue, newTransfer, type TransferState } from './transfer-policy.ts';

/** A window whose items have come. */
export interface ClosedWindow {
  window: number;
  items: Uint32Array;
}

/** The training on one window, from its begin until its time is over. */
export interface Training extends ClosedWindow {
  /** Names its random streams. */
  gradient: number;
  begunUs: TimeUs;
  /** The parameters after it. */
  value: ValueId;
  /** The parameters before it. */
  theta: ValueId;
  /** What the optimiser remembers after it; null: nothing. */
  optimiserState: ValueId | null;
}

/** A worker that trains a model of its own, one window of its sensors' items after another. */
export interface WindowWorkerState {
  id: string;
  /** Car, pedestrian, …: of the entity it is now; null while it is not on the map. */
  kind: string | null;
  server: string | null;
  down: boolean;
  model: LocalModelState;
  optimiserState: ValueId | null;
  /** The next window to close, from 1. */
  nextWindow: number;
  queue: ClosedWindow[];
  training: Training | null;
  /** Windows whose changes are in the model and not in any push. */
  unsent: number[];
  /** The number of its last update; null before the first, and at a server that got none. */
  lastUpdate: number | null;
  push: TransferState;
  pull: TransferState;
  /** It has asked its server for a model, which has not come. */
  awaitsModel: boolean;
  /** All its windows have ended and it has sent the last of its changes. */
  isDone: boolean;
  /** Its server knows that it is done. */
  isAcknowledged: boolean;
}

/** `theta`: the untrained model, of which it owns two references from now on. */
export function newWindowWorker(id: string, theta: ValueId): WindowWorkerState {
  return {
    id,
    kind: null,
    server: null,
    down: false,
    model: newLocalModel(theta),
    optimiserState: null,
    nextWindow: 1,
    queue: [],
    training: null,
    unsent: [],
    lastUpdate: null,
    push: newTransfer(),
    pull: newTransfer(),
    awaitsModel: false,
    isDone: false,
    isAcknowledged: false,
  };
}

/** The program of one such worker. */
export class WindowWorker {
  readonly #state: WindowWorkerState;
  readonly #settings: HierarchySettings;
  readonly #exchange: ExchangeSettings;
  readonly #context: NodeContext;
  readonly #model: LocalModel;

  constructor(state: WindowWorkerState, settings: HierarchySettings, context: NodeContext) {
    this.#state = state;
    this.#settings = settings;
    this.#exchange = settings.exchange.get('worker')!;
    this.#context = context;
    this.#model = new LocalModel(state.model, context);
  }

  /** The run begins. */
  start(): void {
    this.#awaitWindow();
    const { everyUs, nodes } = this.#settings.evaluation;
    if (nodes === 'all' && everyUs !== null) {
      this.#context.after(this.#state.id, everyUs, { kind: 'evaluate' });
    }
  }

  /** The run ends: what is in the model and in no push stays unsent. */
  end(): void {
    if (this.#settings.evaluation.nodes === 'all') this.#evaluate();
    this.#giveUpChange({ outcome: 'unsent' });
  }

  associate(server: string | null, reason: DropReason): void {
    const state = this.#state;
    if (server === state.server) return;
    Object.assign(state, { server, awaitsModel: false, lastUpdate: null });
    if (server === null) {
      if (reason === 'left-map') this.#giveUpChange({ outcome: 'dropped', reason });
      return;
    }
    if (state.down) return;
    // It takes part in what this server knows before it goes on, but not at the very beginning.
    if (this.#context.nowUs > 0) this.#pull();
    if (state.isDone) this.#reportDone();
  }

  crash(memory: 'lost' | 'kept'): void {
    const state = this.#state;
    state.down = true;
    this.#abandonTraining();
    state.awaitsModel = false;
    if (memory === 'kept') return;
    this.#giveUpChange({ outcome: 'dropped', reason: 'crashed' });
    for (const { window } of state.queue) this.#dropWindow(window, 'crashed');
    state.queue = [];
    this.#model.forget();
    if (state.optimiserState !== null) this.#context.release(state.optimiserState);
    state.optimiserState = null;
  }

  /** Its timers are gone: windows that closed in the meantime are lost. */
  recover(): void {
    const state = this.#state;
    state.down = false;
    this.#awaitWindow();
    if (state.server !== null) this.#pull();
  }

  leaveMap(): void {
    this.#state.kind = null;
  }

  receive(from: string, message: Message): void {
    const state = this.#state;
    if (from !== state.server) return;
    if (message.type === 'closed') state.isAcknowledged = true;
    if (message.type !== 'model') return;
    const { version, value } = message;
    if (version < state.model.version) return;
    this.#context.record({ type: 'model-received', node: state.id, from, version });
    if (this.#exchange.unsent === 'discard') {
      this.#giveUpChange({ outcome: 'dropped', reason: 'discarded' });
    }
    this.#model.receive(value, version, this.#exchange.unsent);
    Object.assign(state.pull, { lastUs: this.#context.nowUs, changes: 0 });
    state.awaitsModel = false;
    this.#train();
  }

  wake(timer: Timer): void {
    const state = this.#state;
    switch (timer.kind) {
      case 'window':
        this.#closeWindow(timer.window);
        return;
      case 'trained':
        if (timer.gradient === state.training?.gradient) this.#finishTraining(state.training);
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

  /** Sets the timer of the next window that has not closed yet; those before it are lost. */
  #awaitWindow(): void {
    const state = this.#state;
    const { nowUs } = this.#context;
    for (; state.nextWindow <= this.#settings.windows; state.nextWindow += 1) {
      const { nextWindow: window } = state;
      const endUs = this.#context.nextWindowEndUs(state.id);
      if (endUs === null) {
        // It is there whenever the worker is ready for it.
        if (state.queue.length === 0 && this.#mayTrain) this.#closeWindow(window);
        return;
      }
      if (endUs === Number.POSITIVE_INFINITY) {
        // Its sensors have ended, so what it has is all that it will have.
        state.nextWindow = this.#settings.windows + 1;
        break;
      }
      if (endUs >= nowUs) {
        this.#context.after(state.id, endUs - nowUs, { kind: 'window', window });
        return;
      }
      this.#context.takeWindow(state.id);
      this.#dropWindow(window, 'crashed');
    }
    this.#finishIfDone();
  }

  #closeWindow(window: number): void {
    const state = this.#state;
    const { queue } = this.#settings;
    const items = this.#context.takeWindow(state.id);
    this.#context.record({
      type: 'window-closed',
      worker: state.id,
      window,
      items: items.length,
    });
    state.nextWindow = window + 1;
    const isFull = state.queue.length >= queue.length && !this.#mayTrain;
    if (isFull && queue.full === 'skip') this.#dropWindow(window, 'queue-full');
    else {
      if (isFull) this.#dropWindow(state.queue.shift()!.window, 'queue-full');
      state.queue.push({ window, items });
    }
    this.#train();
    if (this.#context.nextWindowEndUs(state.id) !== null) this.#awaitWindow();
  }

  get #mayTrain(): boolean {
    const { training, awaitsModel, down, model, server } = this.#state;
    const isHeld = awaitsModel && this.#settings.pace === 'in-step';
    return training === null && !isHeld && !down && model.theta !== null && server !== null;
  }

  #train(): void {
    const state = this.#state;
    if (!this.#mayTrain) return;
    const next = state.queue.shift();
    if (next === undefined) {
      if (this.#context.nextWindowEndUs(state.id) === null) this.#awaitWindow();
      else this.#finishIfDone();
      return;
    }
    const { window, items } = next;
    const gradient = this.#context.nextId('gradient');
    const { theta } = state.model;
    const { value, optimiserState } = this.#context.train({
      gradient,
      worker: state.id,
      window,
      theta: theta!,
      optimiserState: state.optimiserState,
      items,
    });
    this.#context.keep(theta!);
    const begunUs = this.#context.nowUs;
    state.training = {
      ...{ gradient, window, items, begunUs, value, theta: theta!, optimiserState },
    };
    const itemUs = this.#settings.itemUs.get(state.id)!;
    const delayUs = Math.max(1, Math.round(itemUs * items.length * this.#settings.epochs));
    this.#context.after(state.id, delayUs, { kind: 'trained', gradient });
  }

  #finishTraining(training: Training): void {
    const state = this.#state;
    const context = this.#context;
    const { window, items, gradient, value, theta, optimiserState, begunUs } = training;
    state.training = null;
    const busyUs = context.nowUs - begunUs;
    context.record(
      {
        type: 'window-trained',
        ...{ worker: state.id, window, gradient, items: items.length, busyUs },
      },
      value,
    );
    if (state.model.theta === theta) {
      this.#model.become(value);
    } else {
      // A model came while it trained: what it learnt goes on top of that.
      const learnt = context.addScaled(theta, value, -1);
      this.#model.become(context.addScaled(state.model.theta!, learnt, -1));
      context.release(learnt);
      context.release(value);
    }
    context.release(theta);
    if (state.optimiserState !== null) context.release(state.optimiserState);
    state.optimiserState = optimiserState;
    state.unsent.push(window);
    state.push.changes += 1;
    state.pull.changes += 1;
    this.#exchangeWhenDue();
    this.#train();
  }

  #exchangeWhenDue(): void {
    const state = this.#state;
    const { nowUs } = this.#context;
    const { push, pull } = this.#exchange;
    const pulls = isDue(pull, state.pull, nowUs);
    if (state.server === null) return;
    const isLast = this.#hasTrainedAll;
    if (isDue(push, state.push, nowUs) || (isLast && this.#exchange.flush)) {
      this.#push(pulls, isLast && !pulls);
    } else {
      this.#context.record({ type: 'update-held-back', node: state.id });
      if (pulls) this.#pull();
    }
  }

  get #hasTrainedAll(): boolean {
    const { nextWindow, queue, training } = this.#state;
    return nextWindow > this.#settings.windows && queue.length === 0 && training === null;
  }

  #push(pulls: boolean, isLast: boolean): void {
    const state = this.#state;
    const context = this.#context;
    const update = context.nextId('result');
    const { unsent: changes } = state;
    const value = this.#model.takeChange();
    const { version } = state.model;
    const to = state.server!;
    context.record({ type: 'update-sent', update, node: state.id, server: to, changes });
    if (isLast) state.isDone = true;
    // Before it is sent, which may end it at once.
    Object.assign(state, { lastUpdate: update, unsent: [], awaitsModel: pulls });
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
    this.#context.send(state.id, state.server!, { type: 'pull', version: state.model.version });
    this.#retryLater();
  }

  #retryLater(): void {
    const { id, model } = this.#state;
    const timer = { kind: 'retry', version: model.version } as const;
    this.#context.after(id, this.#settings.retryUs, timer);
  }

  #finishIfDone(): void {
    const state = this.#state;
    const { isDone, server, awaitsModel } = state;
    if (isDone || server === null || awaitsModel || !this.#hasTrainedAll) return;
    if (this.#exchange.flush && state.unsent.length > 0) {
      this.#push(false, true);
      return;
    }
    state.isDone = true;
    this.#reportDone();
  }

  #reportDone(): void {
    const { id, server, lastUpdate: update } = this.#state;
    if (server === null) return;
    this.#context.send(id, server, { type: 'done', update });
    this.#retryLater();
  }

  #abandonTraining(): void {
    const { training } = this.#state;
    if (training === null) return;
    const { window, value, theta, optimiserState } = training;
    this.#dropWindow(window, 'crashed');
    for (const each of [value, theta, optimiserState]) {
      if (each !== null) this.#context.release(each);
    }
    this.#state.training = null;
  }

  #dropWindow(window: number, reason: 'queue-full' | 'crashed'): void {
    this.#context.record({ type: 'window-dropped', worker: this.#state.id, window, reason });
  }

  /** What it has learnt since its last push goes no further. */
  #giveUpChange(end: { outcome: 'unsent' } | { outcome: 'dropped'; reason: DropReason }): void {
    const state = this.#state;
    if (state.unsent.length === 0) return;
    const update = this.#context.nextId('result');
    const { id: node, server, unsent: changes } = state;
    this.#context.record({ type: 'change-ended', update, node, server, changes, ...end });
    state.unsent = [];
    state.push.changes = 0;
  }

  #evaluate(): void {
    const { id: server, model, nextWindow } = this.#state;
    if (model.theta === null) return;
    const evaluation = this.#context.evaluate(model.theta);
    const { split } = this.#settings.evaluation;
    const round = nextWindow - 1;
    const { version } = model;
    const at = { round, version, epoch: 0, gradients: round };
    this.#context.record({ type: 'evaluated', server, ...at, split }, evaluation);
    this.#context.release(evaluation);
  }
}
