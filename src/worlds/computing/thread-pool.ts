import type { Worker } from 'node:worker_threads';
import { InputError, RunError } from '../../errors.ts';
import { Gate } from '../../gate.ts';
import { newSharers, type Sharers } from '../../kernels/block-sharing.ts';
import { keepThread, takeThread } from './kept-threads.ts';
import { usersFilesOf } from './runs-users-code.ts';
import type {
  Task,
  TaskMessage,
  TaskReply,
  TaskResult,
  ThreadMessage,
  ThreadReply,
  ThreadSetup,
} from './task.ts';

/** Tasks a thread has at once, so that it does not wait for the next one. */
const TASKS_PER_THREAD = 8;

/** Tasks that go to a thread in one message at most: each message takes time of both threads. */
const TASKS_A_MESSAGE = 4;

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
  /** Tasks that it has, or is about to be sent. */
  running: number;
  unsent: TaskMessage[];
}

/** The memory that a thread had for its last run. */
const memories = new WeakMap<Worker, WeakRef<WebAssembly.Memory>>();

/** Threads of this process, over one shared memory. */
export class ThreadPool implements TaskPool {
  readonly #threads: Thread[] = [];
  readonly #pending = new Map<number, { thread: Thread; done: (result: TaskResult) => void }>();
  readonly #completions = new Gate();
  /** Whose code the threads run. */
  readonly #usersFiles: readonly string[];
  /** Whether nothing of the run is left in a thread that has computed all its tasks. */
  readonly #leavesNothing: boolean;
  #nextId = 0;
  #isClosing = false;

  static async start(setup: ThreadSetup, threads: number): Promise<ThreadPool> {
    const pool = new ThreadPool(setup);
    const sharers = threads > 1 ? newSharers() : null;
    try {
      await Promise.all(Array.from({ length: threads }, () => pool.#addThread(setup, sharers)));
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  private constructor(setup: ThreadSetup) {
    this.#usersFiles = usersFilesOf(setup);
    this.#leavesNothing = setup.engine === 'reference' && this.#usersFiles.length === 0;
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
    thread.unsent.push({ id, task });
    const isAboutToWait = thread.running - thread.unsent.length <= 1;
    if (isAboutToWait || thread.unsent.length >= TASKS_A_MESSAGE) send(thread);
    else if (thread.unsent.length === 1) queueMicrotask(() => send(thread));
  }

  nextCompletion(): Promise<void> {
    return this.#completions.wait();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const isDone = this.#pending.size === 0 && !this.#completions.hasFailed;
    const areKept = isDone && this.#leavesNothing;
    const threads = this.#threads.splice(0);
    await Promise.all(
      threads.map(({ worker }) => (areKept ? keepThread(worker) : worker.terminate())),
    );
  }

  #addThread(setup: ThreadSetup, sharers: Sharers | null): Promise<void> {
    // Code of the user's is loaded from its file once in a thread.
    const worker = takeThread({ isNew: !this.#leavesNothing });
    const thread: Thread = { worker, running: 0, unsent: [] };
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
        if (!this.#isClosing) fail(endedEarly(code, this.#usersFiles));
      });
      const { memory } = setup;
      const isSameMemory = memories.get(worker)?.deref() === memory;
      memories.set(worker, new WeakRef(memory));
      worker.postMessage({ setup, isSameMemory, sharers } satisfies ThreadMessage);
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
    this.#completions.open();
  }
}

function send({ worker, unsent }: Thread): void {
  if (unsent.length > 0) worker.postMessage(unsent.splice(0) satisfies ThreadMessage);
}

function endedEarly(code: number, usersFiles: readonly string[]): Error {
  const advice = usersFiles.map(
    (file) => `\n  ${file} may have ended it: expected no process.exit in it`,
  );
  return new RunError(`a compute thread ended early (code ${code})${advice.join('')}`);
}

function failureOf(reply: ThreadReply & { type: 'failed' }): Error {
  if (reply.isInput) return new InputError({ found: reply.message });
  const error = new RunError(`a computation failed: ${reply.message}`);
  error.stack = reply.stack;
  return error;
}
