import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError, RunError } from '../errors.ts';
import { strayErrorOf } from '../rules/running/stray-error.ts';
import { Exit } from './exit.ts';
import { refusalText } from './refusal-text.ts';
import { coloursFor } from './terminal.ts';
import { verbosity } from './verbosity.ts';
import { folded, writtenOut } from './warn.ts';

/** Commands whose failures are those of a run. */
const RUNNING = new Set(['run', 'resume', 'study', 'deploy', 'agent']);

/** Prints what went wrong on stderr, and returns the exit code for it. `command`: what failed. */
export function showFailure(thrown: unknown, command: string): number {
  const error = strayErrorOf(thrown) ?? thrown;
  const { red } = coloursFor(process.stderr);
  if (error instanceof InputError) {
    console.error(folded(error.message, process.stderr));
    return Exit.invalidInput;
  }
  const lack = lackingResource(error);
  const isRunError = error instanceof RunError;
  if (isRunError || lack !== null || isRefusalOfTheSystem(error)) {
    const isOfRun = isRunError && RUNNING.has(command);
    const what = isOfRun ? 'the run failed:' : `${command} failed:`;
    const isRefused = !isRunError && isRefusalOfTheSystem(error);
    const text = isRefused ? refusalText(error) : (error as Error).message;
    // It may be a peer's.
    console.error(`${red(what)} ${writtenOut(text)}`);
    if (lack !== null) console.error(`  ${lack}`);
    return Exit.runFailed;
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  console.error(`${red('internal error:')} ${message}`);
  console.error('  this is a fault in edgemlsim: please report it with the command and the config');
  if (process.env.EDGEMLSIM_DEBUG === '1' || verbosity() === 'verbose') {
    console.error(error instanceof Error ? error.stack : error);
  } else {
    console.error('  --verbose shows where it happened');
  }
  return Exit.runFailed;
}

/** A full disk, a missing right, no file handles left: nothing to report to us. */
function isRefusalOfTheSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** Below this the program's own files may not be found for want of descriptors. */
const FEW_FILES = 256;
/** The compiled program's folder. */
const OWN = fileURLToPath(new URL('../../', import.meta.url));

// Now: with none left that file could not be read either.
const openFileLimit = readOpenFileLimit();

const lacks: { shows: (text: string) => boolean; advice: () => string }[] = [
  {
    shows: (text) =>
      /\b(EMFILE|ENFILE)\b|too many open files/.test(text) ||
      (text.includes('ERR_MODULE_NOT_FOUND') && openFileLimit < FEW_FILES),
    advice: () =>
      `too few file descriptors: at most ${openFileLimit} here; allow more before the command (ulimit -n 4096), or take fewer --threads, live.workerProcesses or pool.agents`,
  },
  {
    // A rule of a user that lacks a file is an error of the config.
    shows: (text) => text.includes(`ERR_MODULE_NOT_FOUND Cannot find module '${OWN}`),
    advice: () =>
      'a file of the program is missing: npm run build is at work, or it failed; give the command again after it',
  },
  {
    shows: (text) =>
      /\b(ENOMEM|ERR_WORKER_OUT_OF_MEMORY)\b|could not allocate memory|allocation failed|cannot allocate|out of memory/i.test(
        text,
      ),
    advice: () =>
      'too little memory: allow this process more, address space too (ulimit -v unlimited), or make the run smaller: items of the dataset, the model, workers, --threads',
  },
  {
    shows: (text) => /\bspawn\b.*\bEAGAIN\b/.test(text),
    advice: () =>
      'too many processes: allow more before the command (ulimit -u), or take fewer live.workerProcesses or pool.agents',
  },
];

/**
 * The resource that the machine has too little of, and the remedy: one line. Null for other
 * failures.
 */
function lackingResource(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code = '' } = error as NodeJS.ErrnoException;
  const text = `${code} ${error.message}`;
  return lacks.find(({ shows }) => shows(text))?.advice() ?? null;
}

/** Files that this process may have open; infinite where the system does not say. */
function readOpenFileLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
