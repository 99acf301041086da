import { Script } from 'node:vm';
import { RunError } from '../../errors.ts';
import { lineInUsersFile } from './stray-error.ts';

/** V8's message to code that changes a frozen list. */
const FROZEN = /^Cannot (assign to read only|delete|add) property/;
const COPY = '\n  the list of vectors stays in its order: sort or change a copy, [...vectors]';

/**
 * Runs a rule's own code; an error of it ends the run, reported with the rule's name. With a limit,
 * code that has not returned after that many seconds is interrupted and ends the run, too.
 */
export function calling<Result>(who: string, code: () => Result, limitS?: number): Result {
  try {
    return limitS === undefined ? code() : withinLimit(who, code, limitS);
  } catch (error) {
    if (error instanceof NotReturned) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const advice = FROZEN.test(message) ? COPY : '';
    const line = lineInUsersFile(error);
    const where = line === null ? '' : ` in line ${line}`;
    const wrapped = new RunError(`${who} failed${where}: ${message}${advice}`, { cause: error });
    if (error instanceof Error && error.stack !== undefined) wrapped.stack = error.stack;
    throw wrapped;
  }
}

/** The user's code took longer than it may. */
export class NotReturned extends RunError {
  override name = 'NotReturned';
}

/**
 * Code that runs within a limit now, the innermost last: a rule that an attack tries, for instance.
 */
const running: { who: string; code: () => unknown }[] = [];
const KEY = Symbol.for('edgemlsim.running');
(globalThis as Record<symbol, unknown>)[KEY] = () => running.at(-1)!.code();
// Of the ways to break off code that never gives way, this is the one within a thread.
const script = new Script(`globalThis[Symbol.for('edgemlsim.running')]()`);

/** Runs the code; throws NotReturned when it has not returned after that many seconds. */
export function withinLimit<Result>(who: string, code: () => Result, limitS: number): Result {
  const depth = running.length;
  running.push({ who, code });
  try {
    const timeout = Math.max(1, Math.round(limitS * 1000));
    return script.runInThisContext({ timeout, displayErrors: false }) as Result;
  } catch (error) {
    // A user's code may throw anything, null too.
    const { code: kind } = (error ?? {}) as { code?: unknown };
    if (kind !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    // Code that is broken off does not take itself from the list.
    const innermost = running.at(-1)!.who;
    throw new NotReturned(
      [
        `${innermost} has not returned after ${limitS} s (rules.timeLimitS)`,
        'if it is only slow, edgemlsim resume goes on from the last checkpoint',
        'once the file is changed, or with another limit, it takes a new run',
      ].join('\n  '),
    );
  } finally {
    running.length = depth;
  }
}
