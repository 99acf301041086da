import { randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ensureFolder } from '../ensure-folder.ts';
import { InputError, RunError } from '../errors.ts';
import { systemRefusal } from '../system-refusal.ts';
import { identitySchema, isAlive, type ProcessIdentity, thisProcess } from './process-identity.ts';

/** A folder with one file that identifies the holder of the lock. */
const LOCK = '.lock';
/** Of a lock that is being made. */
const UNFINISHED = '.lock-';
const MOST_TRIES = 1000;

/** Whether a name in a locked folder is of the lock, not of what the folder holds. */
export function isOfLock(name: string): boolean {
  return name === LOCK || name.startsWith(UNFINISHED);
}

/**
 * Makes the folder and locks it for this process, since two processes would write into the same
 * files. `what` names the user of the folder: a study, a run. Returns a function that releases the
 * lock. The lock of a process that has ended is ignored.
 *
 * The lock is a folder that holds one file, under a name that is never used again. It is made under
 * another name and renamed, which the system does atomically and only where no folder or an empty
 * one is. So a lock never lacks its content, and a process that removes the file of an ended one
 * cannot remove the lock of another that has taken over in the meantime.
 */
export function lockFolder(dir: string, what: string): () => void {
  const name = randomUUID();
  const lock = join(dir, LOCK);
  try {
    ensureFolder(dir);
    take(dir, name, what);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new RunError(`cannot take the folder ${dir}: ${systemRefusal(error)}`);
  }
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    rmSync(join(lock, name), { force: true });
    removeEmpty(lock);
  };
}

/** Whether a process is at work in a folder; it is neither taken nor changed by asking. */
export function isTaken(dir: string): boolean {
  const lock = join(dir, LOCK);
  return namesIn(lock).some((name) => {
    const holder = readHolder(join(lock, name));
    return holder !== null && isAlive(holder);
  });
}

function take(dir: string, name: string, what: string): void {
  const lock = join(dir, LOCK);
  const unfinished = join(dir, `${UNFINISHED}${name}`);
  try {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const holder = holderOf(lock);
      if (holder !== null) throw inUse(dir, lock, what, holder);
      if (put(lock, unfinished, name)) {
        removeUnfinished(dir);
        return;
      }
    }
    throw new Error(`${lock} is taken and left all the time`);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** False where a lock is there, or the process that took it swept this one away. */
function put(lock: string, unfinished: string, name: string): boolean {
  try {
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(unfinished, name), JSON.stringify(thisProcess()));
    renameSync(unfinished, lock);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // On Windows an empty folder is in the way too.
    if (code === 'EPERM') removeEmpty(lock);
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EPERM'].includes(code)) return false;
    throw error;
  }
}

/** The process that holds the lock. Files of processes that are gone are removed. */
function holderOf(lock: string): ProcessIdentity | null {
  for (const name of namesIn(lock)) {
    const file = join(lock, name);
    const holder = readHolder(file);
    if (holder !== null && isAlive(holder)) return holder;
    rmSync(file, { force: true });
  }
  return null;
}

/** Null for a file that has gone meanwhile, or that no process has written. */
function readHolder(file: string): ProcessIdentity | null {
  try {
    return identitySchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof SyntaxError || code === 'ENOENT') return null;
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function removeUnfinished(dir: string): void {
  for (const name of readdirSync(dir).filter((each) => each.startsWith(UNFINISHED))) {
    rmSync(join(dir, name), { recursive: true, force: true });
  }
}

/** Only where it is empty. */
export function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Gone already, or of another process by now.
  }
}

function inUse(dir: string, lock: string, what: string, holder: ProcessIdentity): InputError {
  return new InputError({
    place: { file: dir },
    found: `${what} is at work in this folder (process ${holder.pid} on ${holder.host})`,
    advice: ['wait for it or stop it', `if there is none any more, remove ${lock}`],
  });
}
