import type { DropReason, WindowDropReason } from '../../journal/reasons.ts';
import type { NodeContext, Timer } from '../context.ts';
import type { Message } from '../messages.ts';
import { LocalModel } from './local-model.ts';
import { SelfEvaluation } from './self-evaluation.ts';
import type { HierarchySettings } from './settings.ts';
import { Uplink } from './uplink.ts';
import { WindowQueue } from './window-queue.ts';
import type { Training, WindowWorkerState } from './window-worker-state.ts';

/** The program of one such worker. */
export class WindowWorker {
  readonly #state: WindowWorkerState;
  readonly #settings: HierarchySettings;
  readonly #context: NodeContext;
  readonly #model: LocalModel;
  readonly #uplink: Uplink;
  readonly #evaluation: SelfEvaluation;
  readonly #windows: WindowQueue;

  constructor(state: WindowWorkerState, settings: HierarchySettings, context: NodeContext) {
    this.#state = state;
    this.#settings = settings;
    this.#context = context;
    this.#model = new LocalModel(state.model, context);
    this.#evaluation = new SelfEvaluation(state.id, settings, 'worker', context, () => {
      const { model, nextWindow } = state;
      const round = nextWindow - 1;
      return { theta: model.theta, round, version: model.version, gradients: round };
    });
    this.#windows = new WindowQueue(state, settings.windowsOf.get(state.id)!, context, {
      mayTrain: () => this.#mayTrain,
      train: () => this.#train(),
      over: () => this.#finishIfDone(),
    });
    const { retryUs, vectorBytes, dimension } = settings;
    const exchange = settings.exchange.get('worker')!;
    this.#uplink = new Uplink(state.uplink, {
      ...{ node: state.id, layer: 'worker', parent: () => state.server, exchange, context },
      isLast: () => this.#hasTrainedAll,
      ...{ retryUs, vectorBytes, dimension, model: this.#model },
    });
  }

  /** The run begins. */
  start(wasAway = false): void {
    this.#windows.await(wasAway);
    this.#evaluation.later();
  }

  /** The run ends: what is in the model and in no update stays unsent. */
  end(): void {
    this.#evaluation.now();
    this.#uplink.giveUp({ outcome: 'unsent' });
  }

  associate(server: string | null, reason: DropReason): void {
    const state = this.#state;
    if (server === state.server) return;
    const { departure } = this.#settings;
    const isAnother = server !== null && state.lastServer !== null && server !== state.lastServer;
    if (departure === 'drop' ? state.server !== null : departure === 'wait' && isAnother) {
      this.#giveUp(reason === 'left-range' || reason === 'left-map' ? reason : 'handover');
    }
    this.#uplink.leave();
    state.server = server;
    if (server === null) return;
    state.lastServer = server;
    // It takes part in what this server knows before it goes on; at the begin all know the same.
    const starts = this.#context.nowUs === 0 && !this.#settings.asksFirst.has('worker');
    if (state.down) this.#uplink.join('down');
    else this.#uplink.join(starts ? 'starts' : 'asks');
    this.#train();
  }

  crash(ownState: 'lost' | 'kept'): void {
    const state = this.#state;
    state.down = true;
    this.#abandonTraining('crashed');
    this.#uplink.leave();
    if (ownState === 'kept') return;
    this.#uplink.giveUp({ outcome: 'dropped', reason: 'crashed' });
    this.#windows.dropAll('crashed');
    this.#model.forget();
    if (state.optimiserState !== null) this.#context.release(state.optimiserState);
    Object.assign(state, { optimiserState: null, updates: 0 });
  }

  /** Its timers are gone: windows that closed in the meantime are lost. */
  recover(): void {
    const state = this.#state;
    state.down = false;
    this.#windows.await(true);
    if (state.server !== null) this.#uplink.pull();
  }

  /** Another process had it: its windows up to that one are over. */
  takeOver(windows: number, isDown: boolean): void {
    const state = this.#state;
    this.#windows.skip(windows);
    state.down = isDown;
    if (!isDown) this.start(true);
  }

  /** Its server goes on as another, without what this worker has sent it. */
  parentLost(): void {
    this.#uplink.parentLost();
  }

  /** That other one is there. */
  parentBack(): void {
    if (!this.#state.down) this.#uplink.askAgain();
  }

  /**
   * Leaves the map with the changes that it has not sent; windows that wait are its sensors', and
   * stay.
   */
  leaveMap(): void {
    this.#state.kind = null;
    this.#giveUp('left-map');
  }

  receive(from: string, message: Message): void {
    // A server that it has left in the meantime may still be within reach.
    if (from !== this.#state.server) return;
    if (message.type === 'closed') this.#uplink.acknowledged();
    else if (message.type === 'model' && this.#uplink.receive(from, message)) this.#train();
  }

  wake(timer: Timer): void {
    const state = this.#state;
    switch (timer.kind) {
      case 'window':
        this.#windows.close(timer.window);
        return;
      case 'trained':
        if (timer.gradient === state.training?.gradient) this.#finishTraining(state.training);
        return;
      case 'exchange':
      case 'encoded':
        this.#uplink.decide(timer);
        this.#train();
        return;
      case 'retry':
        this.#uplink.retry(timer);
        return;
      case 'evaluate':
        this.#evaluation.now();
        if (!state.uplink.isDone) this.#evaluation.later();
    }
  }

  get #mayTrain(): boolean {
    const { training, uplink, down, model, server } = this.#state;
    const { pace, exchange } = this.#settings;
    const waits = pace === 'synchronous' || exchange.get('worker')!.pullAt === 'next-window';
    const isHeld = uplink.decides || (uplink.awaitsModel && waits);
    return training === null && !isHeld && !down && model.theta !== null && server !== null;
  }

  #train(): void {
    const state = this.#state;
    if (!this.#mayTrain) return;
    if (state.uplink.asksLater && state.queue.length > 0) {
      this.#uplink.pull();
      return;
    }
    const next = this.#windows.next();
    if (next === null) return;
    const { window, items } = next;
    const gradient = this.#context.nextId('gradient');
    const { theta } = state.model;
    const { value, optimiserState } = this.#context.train({
      gradient,
      worker: state.id,
      round: state.updates,
      theta: theta!,
      optimiserState: state.optimiserState,
      items,
    });
    this.#context.keep(theta!);
    const begunUs = this.#context.nowUs;
    const poisoned = this.#context.isPoisoned(state.id);
    state.training = {
      ...{ gradient, window, items, begunUs, poisoned, value, theta: theta!, optimiserState },
    };
    const itemUs = this.#settings.itemUs.get(state.id)!;
    const delayUs = Math.max(1, Math.round(itemUs * items.length * this.#settings.epochs));
    this.#context.after(state.id, delayUs, { kind: 'trained', gradient });
  }

  #finishTraining(training: Training): void {
    const state = this.#state;
    const context = this.#context;
    const { window, items, gradient, value, theta, optimiserState, begunUs, poisoned } = training;
    state.training = null;
    const busyUs = context.nowUs - begunUs;
    context.record(
      {
        type: 'window-trained',
        ...{ worker: state.id, window, gradient, items: items.length, busyUs },
        ...(poisoned && { poisoned }),
      },
      value,
    );
    if (this.#settings.training.sends === 'gradient') {
      this.#model.addGradient(value);
    } else if (state.model.theta === theta) {
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
    state.updates += 1;
    this.#uplink.changed(window, items.length, poisoned);
    this.#train();
  }

  get #hasTrainedAll(): boolean {
    return this.#windows.isOver && this.#state.training === null;
  }

  #finishIfDone(): void {
    if (this.#hasTrainedAll) this.#uplink.finish();
  }

  /** Drops the changes that it has not sent, and the training under way. */
  #giveUp(reason: 'left-range' | 'handover' | 'left-map'): void {
    this.#abandonTraining(reason);
    this.#uplink.giveUp({ outcome: 'dropped', reason });
    this.#model.discardChange();
  }

  #abandonTraining(reason: WindowDropReason): void {
    const { training } = this.#state;
    if (training === null) return;
    const { window, value, theta, optimiserState } = training;
    this.#windows.drop(window, reason);
    for (const each of [value, theta, optimiserState]) {
      if (each !== null) this.#context.release(each);
    }
    this.#state.training = null;
  }
}
