import { InputError, RunError } from '../../errors.ts';
import { Gate } from '../../gate.ts';
import { runTask, type TaskRunner } from './run-task.ts';
import type { Task, TaskResult, ThreadSetup } from './task.ts';
import { openTaskRunner } from './task-runner.ts';
import type { TaskPool } from './thread-pool.ts';

/**
 * Runs tasks in the thread that starts it, one in a turn of the event loop: for a process that would
 * only wait for another thread. Messages wait while a task runs, and no task can be broken
 * off: not for code of the user's.
 */
export class OwnThreadPool implements TaskPool {
  readonly #runner: TaskRunner;
  readonly #waiting: { task: Task; done: (result: TaskResult) => void }[] = [];
  readonly #completions = new Gate();
  #isClosed = false;

  static async start(setup: ThreadSetup): Promise<OwnThreadPool> {
    return new OwnThreadPool(await openTaskRunner(setup));
  }

  private constructor(runner: TaskRunner) {
    this.#runner = runner;
  }

  get hasRoom(): boolean {
    return this.#waiting.length === 0;
  }

  run(task: Task, done: (result: TaskResult) => void): void {
    this.#waiting.push({ task, done });
    setImmediate(() => this.#runNext());
  }

  nextCompletion(): Promise<void> {
    return this.#completions.wait();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #runNext(): void {
    const next = this.#waiting.shift();
    if (next === undefined || this.#isClosed || this.#completions.hasFailed) return;
    try {
      const result = runTask(this.#runner, next.task);
      if (result instanceof Promise) throw new Error('the engine computes elsewhere');
      next.done(result);
    } catch (error) {
      this.#fail(error);
      return;
    } finally {
      this.#runner.kernels.arena.reset();
    }
    this.#completions.open();
  }

  #fail(cause: unknown): void {
    const { message, stack = '' } = cause instanceof Error ? cause : new Error(String(cause));
    this.#completions.fail(
      cause instanceof InputError
        ? cause
        : Object.assign(new RunError(`a computation failed: ${message}`), { stack }),
    );
  }
}
