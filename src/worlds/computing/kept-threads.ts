import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ThreadMessage } from './task.ts';

/** How long a thread waits for another run. */
const KEPT_MS = 10_000;

/**
 * Threads whose run is over, for the next run of this process: to start one takes longer than some
 * runs of a study, or of tests. They do not keep the process, and hold nothing of the run.
 */
const kept = new Map<Worker, NodeJS.Timeout>();

/** One that was kept, or a new one: it waits for its setup. */
export function takeThread({ isNew }: { isNew: boolean }): Worker {
  const [first] = kept;
  if (isNew || first === undefined) return startThread();
  const [worker, end] = first;
  forget(worker, end);
  worker.ref();
  return worker;
}

/** For a thread that has no task left and has not run code of the user's, which may remember a run. */
export async function keepThread(worker: Worker): Promise<void> {
  forgetListeners(worker);
  if (kept.size >= availableParallelism()) {
    await worker.terminate();
    return;
  }
  const end = setTimeout(() => {
    forget(worker, end);
    void worker.terminate();
  }, KEPT_MS);
  end.unref();
  kept.set(worker, end);
  worker.on('error', () => forget(worker, end)).on('exit', () => forget(worker, end));
  worker.postMessage({ setup: null } satisfies ThreadMessage);
  worker.unref();
}

function forget(worker: Worker, end: NodeJS.Timeout): void {
  clearTimeout(end);
  kept.delete(worker);
  forgetListeners(worker);
}

/** Those of a run: a worker listens to itself, too. */
function forgetListeners(worker: Worker): void {
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
}

function startThread(): Worker {
  return new Worker(new URL('./pool-thread.js', import.meta.url));
}
