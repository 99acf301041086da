import type { Task, TaskResult, ThreadSetup } from '#src/worlds/computing/task.js';
import type { TaskPool } from '#src/worlds/computing/thread-pool.js';
import { InProcessPool } from '../in-process-pool.ts';

/** A pool without threads, for a live world in one process: a task takes a turn of the event loop. */
export class ImmediatePool implements TaskPool {
  readonly hasRoom = true;
  readonly #pool: InProcessPool;

  static async start(setup: ThreadSetup): Promise<ImmediatePool> {
    return new ImmediatePool(await InProcessPool.start(setup));
  }

  private constructor(pool: InProcessPool) {
    this.#pool = pool;
  }

  run(task: Task, done: (result: TaskResult) => void): void {
    this.#pool.run(task, done);
    setImmediate(() => this.#pool.completeOne());
  }

  /** Nothing fails here. */
  nextCompletion(): Promise<void> {
    return new Promise(() => {});
  }

  async close(): Promise<void> {}
}
