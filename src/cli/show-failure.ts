import { InputError, RunError } from '../errors.ts';
import { coloursFor } from './colours.ts';
import { Exit } from './exit.ts';
import { lackingResource } from './lacking-resource.ts';

/** Tells the user what went wrong, on stderr, and returns the exit code for it. */
export function showFailure(error: unknown): number {
  const { red } = coloursFor(process.stderr);
  if (error instanceof InputError) {
    console.error(error.message);
    return Exit.invalidInput;
  }
  const lack = lackingResource(error);
  const isRunError = error instanceof RunError;
  if (isRunError || lack !== null || isRefusalOfTheSystem(error)) {
    const what = isRunError ? 'the run failed:' : 'failed:';
    console.error(`${red(what)} ${(error as Error).message}`);
    if (lack !== null) console.error(`  ${lack}`);
    return Exit.runFailed;
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  console.error(`${red('internal error:')} ${message}`);
  console.error('  this is a fault in edgemlsim: please report it with the command and the config');
  if (process.env.EDGEMLSIM_DEBUG === '1') {
    console.error(error instanceof Error ? error.stack : error);
  } else {
    console.error('  EDGEMLSIM_DEBUG=1 shows where it happened');
  }
  return Exit.runFailed;
}

/** A full disk, a missing right, no file handles left: nothing to report to us. */
function isRefusalOfTheSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
