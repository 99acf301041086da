import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JournalWriter } from '../journal/writer.ts';
import type { StepGoal } from './run.ts';
import type { VirtualParts } from './virtual-parts.ts';

/** Events of a step between two turns of Node's event loop. */
const EVENTS_A_TURN = 64;

/** Handles events of a virtual run up to the goal, or one event without a goal. */
export async function stepVirtual(
  { world, computations, recording }: VirtualParts,
  until: StepGoal | undefined,
  isStopped: () => boolean,
): Promise<void> {
  let isSeen = until === undefined;
  if (until !== undefined) {
    recording.journal.onWritten = (line) => {
      isSeen ||= until.isReached(line);
    };
  }
  try {
    for (let events = 1; !world.hasEnded; events += 1) {
      await world.step();
      // What an event records may depend on its numbers.
      await computations.drain();
      if (isSeen || until?.signal.aborted || isStopped()) break;
      if (events % EVENTS_A_TURN === 0) await nextTurn();
    }
  } finally {
    recording.journal.onWritten = null;
    recording.flush();
  }
}

/** Resolves when the goal's line was written, when the step was ended, or when the run is over. */
export async function seenOrOver(
  journal: JournalWriter,
  { isReached, signal }: StepGoal,
  outcome: Promise<unknown> | null,
): Promise<void> {
  if (signal.aborted) return;
  const reached = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    journal.onWritten = (line) => {
      if (isReached(line)) resolve();
    };
  });
  try {
    await Promise.race([reached, outcome ?? reached]);
  } finally {
    journal.onWritten = null;
  }
}
