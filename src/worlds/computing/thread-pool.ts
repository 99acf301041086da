import { Worker } from 'node:worker_threads';
import { InputError, RunError } from '../../errors.ts';
import { Completions } from './completions.ts';
import type { Task, TaskReply, TaskResult, ThreadReply, ThreadSetup } from './task.ts';

/** Tasks a thread has at once, so that it does not wait for the next one. */
const TASKS_PER_THREAD = 8;

/** Runs tasks, in no promised order; dependencies between tasks are up to the caller. */
export interface TaskPool {
  /** Whether a task would start soon rather than wait. */
  readonly hasRoom: boolean;
  run(task: Task, done: (result: TaskResult) => void): void;
  /** Resolves at the next completed task. Rejects when a task or a thread has failed. */
  nextCompletion(): Promise<void>;
  close(): Promise<void>;
}

interface Thread {
  worker: Worker;
  running: number;
}

/** Threads of this process, over one shared memory. */
export class ThreadPool implements TaskPool {
  readonly #threads: Thread[] = [];
  readonly #pending = new Map<number, { thread: Thread; done: (result: TaskResult) => void }>();
  readonly #completions = new Completions();
  #nextId = 0;
  #isClosing = false;

  static async start(setup: ThreadSetup, threads: number): Promise<ThreadPool> {
    const pool = new ThreadPool();
    try {
      await Promise.all(Array.from({ length: threads }, () => pool.#addThread(setup)));
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  get hasRoom(): boolean {
    return this.#threads.some((thread) => thread.running < TASKS_PER_THREAD);
  }

  run(task: Task, done: (result: TaskResult) => void): void {
    let thread = this.#threads[0]!;
    for (const other of this.#threads) if (other.running < thread.running) thread = other;
    const id = this.#nextId;
    this.#nextId += 1;
    thread.running += 1;
    this.#pending.set(id, { thread, done });
    thread.worker.postMessage({ id, task });
  }

  nextCompletion(): Promise<void> {
    return this.#completions.next();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #addThread(setup: ThreadSetup): Promise<void> {
    const worker = new Worker(new URL('./pool-thread.js', import.meta.url), {
      workerData: setup,
      stdout: true,
    });
    // What a user's rule prints is for the user; stdout is for the program's result.
    worker.stdout.on('data', (printed: Buffer) => process.stderr.write(printed));
    const thread = { worker, running: 0 };
    this.#threads.push(thread);
    return new Promise((resolve, reject) => {
      worker.on('message', (reply: ThreadReply) => {
        if (reply.type === 'ready') resolve();
        else if (reply.type === 'results') this.#complete(reply.results);
        else {
          const error = failureOf(reply);
          this.#completions.fail(error);
          reject(error);
        }
      });
      const fail = (error: Error) => {
        this.#completions.fail(error);
        reject(error);
      };
      worker.on('error', fail);
      worker.on('exit', (code) => {
        if (!this.#isClosing) fail(new RunError(`a compute thread ended early (code ${code})`));
      });
    });
  }

  #complete(results: readonly TaskReply[]): void {
    try {
      for (const { id, result } of results) {
        const { thread, done } = this.#pending.get(id)!;
        this.#pending.delete(id);
        thread.running -= 1;
        done(result);
      }
    } catch (error) {
      this.#completions.fail(error as Error);
      return;
    }
    this.#completions.notify();
  }
}

function failureOf(reply: ThreadReply & { type: 'failed' }): Error {
  if (reply.isInput) return new InputError({ found: reply.message });
  const error = new RunError(`a computation failed: ${reply.message}`);
  error.stack = reply.stack;
  return error;
}
