import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { isTaken } from '../run/folder-lock.ts';
import { isOver } from '../run/run-summary.ts';
import { clearRunDir, type RunCommand } from './study-commands.ts';
import { readStatus } from './study-state.ts';

export interface RunEnd {
  command: RunCommand;
  /** `interrupted`: stopped or killed; it goes on from its last checkpoint. */
  outcome: 'completed' | 'interrupted' | 'failed';
  /** Why it did not come to its end. */
  error?: string;
}

/** How far a run has come. */
interface RunNews {
  /** Of its gradients. */
  share: number;
  accuracy: number | null;
}

/** A study's request to a child process: a command, and the one that the run's folder names. */
export interface ChildCommand {
  args: string[];
  recorded: string[];
}

/** A message from a child process to its study. */
export type ChildMessage = { news: RunNews } | { done: true };

export interface PoolOptions {
  /** The command `edgemlsim` here: a program and its first arguments. */
  program: readonly [string, ...string[]];
  /** Environment that makes it take its commands from here. */
  environment: Readonly<Record<string, string>>;
  jobs: number;
  /** Whether the first run that fails stops the others. */
  failsFast?: boolean;
  onStart?: (command: RunCommand) => void;
  onNews?: (command: RunCommand, news: RunNews) => void;
  onEnd?: (end: RunEnd) => void;
}

const KEPT_OF_STDERR = 4000;
const FREE_AGAIN_MS = 100;

/** Runs of one child process at most: what little it does not give back shall not add up. */
const RUNS_OF_A_CHILD = 50;

/** Runs commands side by side, each in one of a few child processes. */
export class CommandPool {
  readonly #options: PoolOptions;
  readonly #children = new Set<ChildProcess>();
  #isStopping = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Ends when every command has ended, or when those under way have after `stop`. */
  async run(commands: readonly RunCommand[]): Promise<RunEnd[]> {
    const waiting = [...commands];
    const ends: RunEnd[] = [];
    const line = async () => {
      let child: ChildProcess | null = null;
      let runs = 0;
      for (;;) {
        const command = this.#isStopping ? undefined : waiting.shift();
        if (!command) break;
        if (!(await this.#isFree(command))) break;
        this.#options.onStart?.(command);
        child ??= this.#startChild();
        const end = await this.#runIn(child, command);
        ends.push(end);
        this.#options.onEnd?.(end);
        if (end.outcome === 'failed' && this.#options.failsFast) this.stop('SIGTERM');
        runs += 1;
        const goesOn = end.outcome === 'completed' && child.connected;
        if (goesOn && runs % RUNS_OF_A_CHILD !== 0) continue;
        if (child.connected) child.disconnect();
        child = null;
      }
      if (child?.connected) child.disconnect();
    };
    await Promise.all(Array.from({ length: this.#options.jobs }, line));
    return ends;
  }

  /** Waits for the process of an earlier study that is still at work on the run; false once stopped. */
  async #isFree({ runDir }: RunCommand): Promise<boolean> {
    while (!this.#isStopping && isTaken(runDir)) await pause(FREE_AGAIN_MS);
    return !this.#isStopping;
  }

  /** Starts no more runs and passes the signal on: a run writes a checkpoint and ends. */
  stop(signal: NodeJS.Signals): void {
    this.#isStopping = true;
    for (const child of this.#children) child.kill(signal);
  }

  /**
   * A group of its own: Ctrl-C reaches it once, through `stop`. A second signal would make the run
   * quit without its checkpoint. The channel breaks when this process is killed, so that the run
   * ends too.
   */
  #startChild(): ChildProcess {
    const { program, environment } = this.#options;
    const [file, ...first] = program;
    const child = spawn(file, first, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      detached: true,
      env: { ...process.env, ...environment },
    });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return child;
  }

  #runIn(child: ChildProcess, command: RunCommand): Promise<RunEnd> {
    clearRunDir(command);
    return new Promise((resolve) => {
      let stderr = '';
      const heard = (text: string) => {
        stderr = (stderr + text).slice(-KEPT_OF_STDERR);
      };
      const settle = (end: Omit<RunEnd, 'command'>) => {
        child.stderr?.off('data', heard);
        child.off('message', heardOf).off('error', failed).off('close', closed);
        resolve({ command, ...end });
      };
      const heardOf = (message: ChildMessage) => {
        if ('news' in message) this.#options.onNews?.(command, message.news);
        else settle(this.#endOf(command, 0, null, stderr));
      };
      const failed = (error: Error) => settle({ outcome: 'failed', error: error.message });
      const closed = (code: number | null, signal: NodeJS.Signals | null) =>
        settle(this.#endOf(command, code, signal, stderr));
      child.stderr?.setEncoding('utf8').on('data', heard);
      child.on('message', heardOf).on('error', failed).on('close', closed);
      const { args, recorded = args } = command;
      child.send({ args, recorded } satisfies ChildCommand, (error) => {
        if (error !== null) closed(child.exitCode, child.signalCode);
      });
    });
  }

  #endOf(
    command: RunCommand,
    code: number | null,
    signal: NodeJS.Signals | null,
    stderr: string,
  ): Omit<RunEnd, 'command'> {
    const { status } = readStatus(command.runDir);
    // The program fails for an untrained run, which has come to its end all the same.
    const isDone = code === 0 || status === 'untrained';
    if (isDone && isOver(status)) return { outcome: 'completed' };
    if (this.#isStopping) return { outcome: 'interrupted' };
    const how = signal ? `killed by ${signal}` : `ended with exit code ${code}`;
    const isKilled = signal !== null || code === 130 || code === 143;
    if (isKilled) return { outcome: 'interrupted', error: how };
    return { outcome: 'failed', error: stderr.trim() || how };
  }
}
