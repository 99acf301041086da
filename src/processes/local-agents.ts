import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentCommand } from './deployment.ts';

/** Wall time that a process has to end by itself. */
const GRACE_MS = 5000;
const SHOWN_OF_LOG = 2000;

/** The processes of a run on this machine. None outlives this one: they end with their stdin. */
export class LocalAgents {
  /** By slot: the process that was started for it last. */
  readonly #children = new Map<number, ChildProcess>();
  readonly #ending = new Set<ChildProcess>();
  /** By slot: how long the log was when its process was started. */
  readonly #loggedBefore = new Map<number, number>();
  readonly #lastEnds = new Map<number, string>();
  readonly #environment: NodeJS.ProcessEnv;
  readonly #logFile: string;
  readonly #log: number;

  constructor(runDir: string, environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
    this.#logFile = join(runDir, 'agents.log');
    this.#log = openSync(this.#logFile, 'a');
  }

  /** Replaces the slot's process, if there is one. `onEnd`: called when it ends by itself, with how. */
  start(
    slot: number,
    { command: [file, ...args], input }: AgentCommand,
    onEnd: (how: string) => void,
  ): void {
    // One that is stopped, or waits for what will not come, cannot end by itself.
    this.#children.get(slot)?.kill('SIGKILL');
    this.#loggedBefore.set(slot, fstatSync(this.#log).size);
    // A group of its own: Ctrl-C shall reach the coordinator alone, which ends the others in order.
    const child = spawn(file, args, {
      stdio: ['pipe', 'ignore', this.#log],
      detached: true,
      env: this.#environment,
    });
    this.#children.set(slot, child);
    this.#ending.add(child);
    child.stdin?.on('error', () => {});
    child.stdin?.write(input);
    const ended = (how: string) => {
      this.#ending.delete(child);
      this.#lastEnds.set(slot, how);
      if (this.#children.get(slot) !== child) return;
      this.#children.delete(slot);
      onEnd(how);
    };
    child.on('error', (error) => ended(error.message));
    child.on('exit', (code, signal) =>
      ended(signal === null ? `exit code ${code}` : `signal ${signal}`),
    );
  }

  /** How the last process of a slot ended. */
  lastEnd(slot: number): string | undefined {
    return this.#lastEnds.get(slot);
  }

  /** The end of the log; of one slot, since its last process was started. */
  said(slot?: number): string {
    const since = slot === undefined ? 0 : (this.#loggedBefore.get(slot) ?? 0);
    const said = readFileSync(this.#logFile).subarray(since).toString('utf8');
    return said.slice(-SHOWN_OF_LOG).trim();
  }

  /** Resolves when all have ended; those that do not end in time are killed. */
  async ended(): Promise<void> {
    const waiting = [...this.#ending].map(
      (child) => new Promise<void>((resolve) => child.once('exit', () => resolve())),
    );
    for (const child of this.#ending) child.stdin?.end();
    const timeout = setTimeout(() => {
      for (const child of this.#ending) child.kill('SIGKILL');
    }, GRACE_MS);
    await Promise.all(waiting);
    clearTimeout(timeout);
    closeSync(this.#log);
  }
}
