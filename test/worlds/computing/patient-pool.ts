import type { Task, TaskResult, ThreadSetup } from '#src/worlds/computing/task.js';
import type { TaskPool } from '#src/worlds/computing/thread-pool.js';
import { InProcessPool } from '../in-process-pool.ts';

/** A pool without threads, which completes a task a turn of the event loop. */
export class PatientPool implements TaskPool {
  readonly #pool: InProcessPool;
  #waiting: (() => void)[] = [];
  #tasks = 0;
  /** Called before each task begins: how many there were. */
  onTask: (count: number) => void = () => {};

  static async start(setup: ThreadSetup): Promise<PatientPool> {
    return new PatientPool(await InProcessPool.start(setup, { room: 2 }));
  }

  private constructor(pool: InProcessPool) {
    this.#pool = pool;
  }

  get hasRoom(): boolean {
    return this.#pool.hasRoom;
  }

  run(task: Task, done: (result: TaskResult) => void): void {
    this.#tasks += 1;
    this.onTask(this.#tasks);
    this.#pool.run(task, done);
    setImmediate(() => {
      this.#pool.completeOne();
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  nextCompletion(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {}
}
