import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RunError } from '../errors.ts';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

/** The process that serves the page of a run: it follows the journal, so that it cannot slow the run. */
export interface PageProcess {
  url: string;
  /** Until Ctrl-C, or until its process has ended. */
  stay: () => Promise<void>;
  close: () => void;
}

/** Starts it; it ends with this process, and does not see Ctrl-C. Throws RunError. */
export async function startPage(runDir: string): Promise<PageProcess> {
  const args = [MAIN, 'serve', runDir, '--with-stdin'];
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const [first] = await Promise.race([once(lines, 'line'), ended.then(() => [null])]);
  if (typeof first !== 'string') throw new RunError('the page of the run could not be started');
  const stay = async () => {
    console.error('the run is over; its page stays until Ctrl-C');
    const stopped = new Promise<void>((resolve) => {
      process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
    });
    await Promise.race([stopped, ended]);
  };
  return { url: first, stay, close: () => child.kill() };
}
