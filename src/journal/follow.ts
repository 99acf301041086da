import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { InputError } from '../errors.ts';
import type { JournalLine } from './events.ts';
import { JournalFollower } from './follower.ts';
import { isSimulated } from './reader.ts';

const LOOK_EVERY_MS = 200;

/**
 * The lines of a run's journal, from the first one on: those that are there, then each new one, at
 * the latest about a second after it was recorded. Ends behind the line `finished`, or when `signal`
 * is aborted. Waits for the rest of a line that is half written, and for a journal that is not there
 * yet in a folder that is.
 *
 * A run that was stopped or killed may be resumed, so that its journal is waited on. A resumed run
 * goes on from a checkpoint: behind a line `resumed`, events from the number `fromEvent` on come
 * again where the events after the checkpoint had been read before. Of a virtual run they are the same.
 *
 * Throws InputError where there is no such folder, and with file and line where the journal is damaged.
 */
export async function* followJournal(
  folder: string,
  { signal }: { signal?: AbortSignal } = {},
): AsyncGenerator<JournalLine, void, undefined> {
  if (!existsSync(folder)) {
    throw new InputError({ place: { file: folder }, found: 'no such folder' });
  }
  const follower = new JournalFollower(join(folder, 'journal.jsonl'));
  let lastHost = -1;
  // While the journal is read again after a resume: up to the first host line not read before.
  let isSkipping = false;
  try {
    while (!signal?.aborted) {
      for await (const { line, offset } of follower.newLines()) {
        if (signal?.aborted) return;
        if (offset === 0) isSkipping = lastHost >= 0;
        if (!isSimulated(line) && line.host > lastHost) {
          lastHost = line.host;
          isSkipping = false;
        }
        if (isSkipping) continue;
        yield line;
        if (line.type === 'finished') return;
      }
      await wait(LOOK_EVERY_MS, undefined, signal ? { signal } : {}).catch(() => {});
    }
  } finally {
    await follower.close();
  }
}
