// Loaded into a compute thread before its program: notes from when to when each task runs, in the memory
// that the thread was given (a count, then pairs of times), for bench/round-timeline-run.ts.
//
// The thread's program (src/worlds/computing/pool-thread.ts) takes messages until none is left, runs one
// task and takes messages again; so a task runs from the end of a taking to the beginning of the next,
// or of the answer with its result.

import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';
import { nowMs } from './now-ms.ts';

const port = threads.parentPort!;
const notes: Float64Array = threads.workerData.notes;

/** Since when a task may run; null: none does. */
let sinceMs: number | null = null;
/** Tasks that have run since the last answer. */
let unanswered = 0;

function noteEnd(): void {
  if (sinceMs === null) return;
  const at = 1 + 2 * notes[0]!;
  if (at + 1 >= notes.length) throw new RangeError('more tasks than there is room for notes');
  notes[at] = sinceMs;
  notes[at + 1] = nowMs();
  notes[0]! += 1;
  sinceMs = null;
  unanswered += 1;
}

const receive = threads.receiveMessageOnPort;
threads.receiveMessageOnPort = (from) => {
  noteEnd();
  const received = receive(from);
  if (received === undefined) sinceMs = nowMs();
  return received;
};
syncBuiltinESMExports();

const post = port.postMessage.bind(port);
port.postMessage = (reply: { type: string; results?: unknown[] }) => {
  if (reply.type === 'results') {
    // Otherwise the answer has what ran before, and the next task is yet to begin.
    if (reply.results!.length > unanswered) noteEnd();
    unanswered = 0;
  }
  post(reply);
  if (sinceMs !== null) sinceMs = nowMs();
};
