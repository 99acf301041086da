import type { Task, TaskResult } from '../../computing/task.ts';
import type { TaskPool } from '../../computing/thread-pool.ts';
import type { LiveClock } from '../protocol/live-clock.ts';

/**
 * A pool that begins no worker's gradient or training while the clock is held. Computations of
 * servers continue.
 */
export class PausablePool implements TaskPool {
  readonly #pool: TaskPool;
  readonly #clock: LiveClock;
  #isOver = false;
  #held: { task: Task; done: (result: TaskResult) => void }[] = [];

  constructor(pool: TaskPool, clock: LiveClock) {
    this.#pool = pool;
    this.#clock = clock;
    clock.onChange(() => {
      if (clock.isRunning) this.#runHeld();
    });
  }

  /** From now on independent of the clock: the run is over, and events wait for their facts. */
  goOn(): void {
    this.#isOver = true;
    this.#runHeld();
  }

  get hasRoom(): boolean {
    return this.#pool.hasRoom;
  }

  run(task: Task, done: (result: TaskResult) => void): void {
    const mayWait = !this.#isOver && isOfWorker(task);
    if (mayWait && !this.#clock.isRunning) this.#held.push({ task, done });
    else this.#pool.run(task, done);
  }

  nextCompletion(): Promise<void> {
    return this.#pool.nextCompletion();
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #runHeld(): void {
    for (const { task, done } of this.#held.splice(0)) this.#pool.run(task, done);
  }
}

/** A server's own gradient is a part of its aggregation. */
function isOfWorker(task: Task): boolean {
  return (
    task.kind === 'window' ||
    (task.kind === 'gradient' && task.streamPrefix.startsWith('gradient/'))
  );
}
