import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Wall time that a process has to end by itself. */
const GRACE_MS = 5000;
const SHOWN_OF_LOG = 2000;

/** The processes of a live run on this machine. None outlives this one: they end with their stdin. */
export class LocalAgents {
  readonly #children = new Set<ChildProcess>();
  readonly #logFile: string;
  readonly #log: number;

  constructor(runDir: string) {
    this.#logFile = join(runDir, 'agents.log');
    this.#log = openSync(this.#logFile, 'a');
  }

  /** `input`: for its stdin, which stays open. `onEnd`: it has ended, for whatever reason; told how. */
  start(
    [file, ...args]: readonly [string, ...string[]],
    input: string,
    onEnd: (how: string) => void,
  ): void {
    // A group of its own: Ctrl-C shall reach the simulator alone, which ends the others in order.
    const child = spawn(file, args, {
      stdio: ['pipe', 'ignore', this.#log],
      detached: true,
    });
    this.#children.add(child);
    child.stdin?.on('error', () => {});
    child.stdin?.write(input);
    child.on('error', (error) => onEnd(error.message));
    child.on('exit', (code, signal) => {
      this.#children.delete(child);
      onEnd(signal === null ? `exit code ${code}` : `killed by ${signal}`);
    });
  }

  /** The end of what they have said, for an error message. */
  get said(): string {
    return readFileSync(this.#logFile, 'utf8').slice(-SHOWN_OF_LOG).trim();
  }

  /** Resolves when all have ended; who does not in time is killed. */
  async ended(): Promise<void> {
    const waiting = [...this.#children].map(
      (child) => new Promise<void>((resolve) => child.once('exit', () => resolve())),
    );
    for (const child of this.#children) child.stdin?.end();
    const timeout = setTimeout(() => {
      for (const child of this.#children) child.kill('SIGKILL');
    }, GRACE_MS);
    await Promise.all(waiting);
    clearTimeout(timeout);
    closeSync(this.#log);
  }
}
