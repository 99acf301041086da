// The program of one pool thread: loads the engine and the rules, then runs tasks as they come.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { InputError } from '../../errors.ts';
import { runTask, type TaskRunner } from './run-task.ts';
import type { TaskMessage, TaskReply, TaskResult, ThreadReply, ThreadSetup } from './task.ts';
import { openTaskRunner } from './task-runner.ts';

/** Each reply wakes the main thread, which takes a core from another thread for a while. */
const RESULTS_A_REPLY = 2;

const port = parentPort!;

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

try {
  const runner = await openTaskRunner(workerData as ThreadSetup);
  const results: TaskReply[] = [];
  port.on('message', (message: TaskMessage) => {
    run(runner, message, results);
    // What has come in the meantime need not go through the event loop.
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      if (results.length >= RESULTS_A_REPLY) flush(results);
      run(runner, next.message as TaskMessage, results);
    }
    flush(results);
  });
  reply({ type: 'ready' });
} catch (error) {
  fail(null, error);
}
