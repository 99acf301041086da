import type { WindowDropReason } from '../../journal/reasons.ts';
import type { NodeContext } from '../context.ts';
import type { WindowQueueSettings } from './settings.ts';
import type { ClosedWindow, WindowWorkerState } from './window-worker-state.ts';

/** The worker whose windows these are. */
interface Trainer {
  /** True for a worker that would begin a training now. */
  mayTrain: () => boolean;
  /** Trains on what waits, if it may. */
  train: () => void;
  /** No further window will come. */
  over: () => void;
}

/** Closes a worker's windows one after the other, and keeps those that wait for their training. */
export class WindowQueue {
  readonly #state: Pick<WindowWorkerState, 'id' | 'nextWindow' | 'queue'>;
  readonly #windows: WindowQueueSettings;
  readonly #context: NodeContext;
  readonly #trainer: Trainer;

  constructor(
    state: Pick<WindowWorkerState, 'id' | 'nextWindow' | 'queue'>,
    windows: WindowQueueSettings,
    context: NodeContext,
    trainer: Trainer,
  ) {
    this.#state = state;
    this.#windows = windows;
    this.#context = context;
    this.#trainer = trainer;
  }

  /** All windows have closed, and none waits. */
  get isOver(): boolean {
    const { nextWindow, queue } = this.#state;
    return nextWindow > this.#windows.count && queue.length === 0;
  }

  /** Sets the timer of the next window; those that were over while it was away are lost. */
  await(wasAway = false): void {
    const state = this.#state;
    const { nowUs } = this.#context;
    for (; state.nextWindow <= this.#windows.count; state.nextWindow += 1) {
      const { nextWindow: window } = state;
      const endUs = this.#context.nextWindowEndUs(state.id);
      if (endUs === null) {
        // It is there whenever the worker is ready for it.
        if (state.queue.length === 0 && this.#trainer.mayTrain()) this.close(window);
        return;
      }
      if (endUs === Number.POSITIVE_INFINITY) {
        // Its sensors have ended, so what it has is all that it will have.
        state.nextWindow = this.#windows.count + 1;
        break;
      }
      // On a busy machine one may be over before the one before it has closed.
      if (endUs >= nowUs || !wasAway) {
        const waitUs = Math.max(0, endUs - nowUs);
        this.#context.after(state.id, waitUs, { kind: 'window', window });
        return;
      }
      this.#context.takeWindow(state.id);
      this.drop(window, 'crashed');
    }
    this.#trainer.over();
  }

  /** The items of the window are complete. */
  close(window: number): void {
    const state = this.#state;
    const { queue } = this.#windows;
    const items = this.#context.takeWindow(state.id);
    this.#context.record({
      type: 'window-closed',
      worker: state.id,
      window,
      items: items.length,
    });
    state.nextWindow = window + 1;
    const isFull = state.queue.length >= queue.length && !this.#trainer.mayTrain();
    if (isFull && queue.full === 'skip') this.drop(window, 'queue-full');
    else {
      if (isFull) this.drop(state.queue.shift()!.window, 'queue-full');
      state.queue.push({ window, items });
    }
    this.#trainer.train();
    if (this.#context.nextWindowEndUs(state.id) !== null) this.await();
  }

  /** Takes the one that has waited longest; null: none waits, and the next one is awaited. */
  next(): ClosedWindow | null {
    const state = this.#state;
    const next = state.queue.shift();
    if (next !== undefined) return next;
    if (this.#context.nextWindowEndUs(state.id) === null) this.await();
    else this.#trainer.over();
    return null;
  }

  /** Another process had the worker: its windows up to that one are over. */
  skip(windows: number): void {
    const state = this.#state;
    for (; state.nextWindow <= windows; state.nextWindow += 1)
      this.#context.takeWindow(state.id, true);
  }

  dropAll(reason: WindowDropReason): void {
    for (const { window } of this.#state.queue) this.drop(window, reason);
    this.#state.queue = [];
  }

  /** The worker does not train on it, or not to the end. */
  drop(window: number, reason: WindowDropReason): void {
    this.#context.record({ type: 'window-dropped', worker: this.#state.id, window, reason });
  }
}
