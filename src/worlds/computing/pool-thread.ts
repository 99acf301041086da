// The program of one pool thread: loads the engine and the rules, then runs tasks as they come.
import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { collectGarbage } from '../../collect-garbage.ts';
import { InputError } from '../../errors.ts';
import { BlockSharing } from '../../kernels/block-sharing.ts';
import { releaseKernels } from '../../kernels/kernels.ts';
import { Stopwatch } from '../../stopwatch.ts';
import { priorityOf } from './priority.ts';
import { runTask, type TaskRunner } from './run-task.ts';
import type { TaskMessage, TaskReply, TaskResult, ThreadMessage, ThreadReply } from './task.ts';
import { openTaskRunner } from './task-runner.ts';

/**
 * Each reply wakes the main thread, which takes a core from another thread for a while: results go
 * together, but none waits long for the others.
 */
const RESULTS_A_REPLY = 4;
const LONGEST_WAIT_MS = 5;

const port = parentPort!;

// Output of a user's rule is for the user; stdout is for the program's result. Were it read by the main thread, the
// process would not end as long as this thread is kept.
Object.defineProperty(process, 'stdout', { get: () => process.stderr });

function reply(message: ThreadReply): void {
  port.postMessage(message);
}

function fail(id: number | null, error: unknown): void {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  reply({ type: 'failed', id, message, isInput: error instanceof InputError, stack });
}

/** Runs a task; while further tasks are queued, results are collected and sent together. */
function run(runner: TaskRunner, { id, task }: TaskMessage, results: TaskReply[]): void {
  try {
    const result = runTask(runner, task);
    if (result instanceof Promise) sendLater(id, result);
    else results.push({ id, result });
  } catch (error) {
    fail(id, error);
  } finally {
    runner.kernels.arena.reset();
  }
}

/** Sends a result of another process when it arrives; other tasks run until then. */
function sendLater(id: number, result: Promise<TaskResult>): void {
  result.then(
    (ready) => reply({ type: 'results', results: [{ id, result: ready }] }),
    (error) => fail(id, error),
  );
}

function flush(results: TaskReply[]): void {
  if (results.length > 0) reply({ type: 'results', results: results.splice(0) });
}

let runner: TaskRunner | null = null;
/** With the other threads of the run, if there are any. */
let sharing: BlockSharing | null = null;

/** Garbage of the last run is not collected for a process that ends with it. */
const COLLECTED_AFTER_MS = 1000;
let collecting: NodeJS.Timeout | undefined;

/** Of the last run, if it is still there. */
function collectNow(): void {
  if (collecting === undefined) return;
  clearTimeout(collecting);
  collecting = undefined;
  collectGarbage();
}

/** For the tasks that come next. Null: none do, and nothing of the last run is to stay in memory. */
async function open(message: Exclude<ThreadMessage, TaskMessage[]>): Promise<void> {
  const { setup } = message;
  try {
    if (setup === null) {
      runner = null;
      sharing?.leave();
      sharing = null;
      releaseKernels();
      collecting ??= setTimeout(collectNow, COLLECTED_AFTER_MS);
      return;
    }
    // The large part of what the last run has left: it would be there twice.
    if (!message.isSameMemory) collectNow();
    clearTimeout(collecting);
    collecting = undefined;
    runner = await openTaskRunner(setup);
    sharing = message.sharers && BlockSharing.join(message.sharers);
    sharing?.becomeIdle();
    reply({ type: 'ready' });
  } catch (error) {
    fail(null, error);
  }
}

/** Runs what has come until nothing is left; a message that is there need not go through the event loop. */
function runAll(queued: TaskMessage[]): void {
  sharing?.becomeBusy();
  const results: TaskReply[] = [];
  const sinceReply = new Stopwatch();
  while (queued.length > 0) {
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      queued.push(...(next.message as TaskMessage[]));
    }
    if (results.length >= RESULTS_A_REPLY || sinceReply.elapsedMs >= LONGEST_WAIT_MS) {
      flush(results);
      sinceReply.restart();
    }
    run(runner!, takeMostUrgent(queued), results);
  }
  flush(results);
  sharing?.becomeIdle();
}

/** Aggregates and updates go first here too; the others, evaluations among them, as they came. */
function takeMostUrgent(queued: TaskMessage[]): TaskMessage {
  const urgent = queued.findIndex(({ task }) => priorityOf(task.kind) === 0);
  return queued.splice(Math.max(urgent, 0), 1)[0]!;
}

port.on('message', (message: ThreadMessage) => {
  if (Array.isArray(message)) runAll(message);
  else void open(message);
});
