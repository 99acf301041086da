import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RunError } from '../errors.ts';
import { withoutCertificates } from '../processes/process-environment.ts';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

/** The process that serves the page of a run: it follows the journal, so that it cannot slow the run. */
export interface PageProcess {
  /** Serves the run in this folder, which is there now. */
  begin: (runDir: string) => void;
  /** Of the page, once it is served. Rejects with a RunError where it cannot be. */
  url: Promise<string>;
  /** Until that, or until its process has ended. */
  stay: (stopped: Promise<void>) => Promise<void>;
}

/**
 * Does `work`, in which a run is made, beside the process of its page, if one is wanted. That loads while the run is
 * prepared, which takes one core.
 */
export async function withPage<Result>(
  isWanted: boolean,
  work: (page: PageProcess | null) => Promise<Result>,
): Promise<Result> {
  if (!isWanted) return work(null);
  const { page, close } = startPage();
  try {
    return await work(page);
  } finally {
    close();
  }
}

/** It ends with this process, and does not see Ctrl-C. */
function startPage(): { page: PageProcess; close: () => void } {
  const args = [MAIN, 'serve', '-', '--with-stdin'];
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
    env: withoutCertificates(process.env),
  });
  yieldToRun(child.pid);
  const ended = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const url = Promise.race([once(lines, 'line'), ended.then(() => [null])]).then(([first]) => {
    if (typeof first !== 'string') throw new RunError('the page of the run could not be started');
    return first;
  });
  const stay = async (stopped: Promise<void>) => {
    console.error('the run is over; its page stays until Ctrl-C');
    await Promise.race([stopped, ended]);
  };
  // It may fail before anyone waits for it, and then cannot be told a folder either: who asks for the URL is told.
  url.catch(() => {});
  child.stdin.on('error', () => {});
  const begin = (runDir: string) => void child.stdin.write(`${JSON.stringify(runDir)}\n`);
  const close = () => {
    // An end that is wanted is no failure to start.
    child.removeAllListeners('exit').kill();
  };
  return { page: { begin, url, stay }, close };
}

/** Where cores are short the run has them: the page gets what is left. At once, so that its threads inherit it. */
function yieldToRun(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or this system does not let it: the page is served all the same.
  }
}
