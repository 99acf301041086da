import { type ChildProcess, spawn } from 'node:child_process';
import { isOver } from '../run/run-summary.ts';
import { clearRunDir, type RunCommand } from './study-commands.ts';
import { readStatus } from './study-state.ts';

export interface RunEnd {
  command: RunCommand;
  outcome: 'finished' | 'stopped' | 'failed';
  /** Why it failed. */
  error?: string;
}

interface PoolOptions {
  /** What `edgemlsim` is here: a program and its first arguments. */
  program: readonly [string, ...string[]];
  /** What makes it take its commands from here. */
  environment: Readonly<Record<string, string>>;
  jobs: number;
  onStart?: (command: RunCommand) => void;
  onEnd?: (end: RunEnd) => void;
}

const KEPT_OF_STDERR = 4000;

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
        this.#options.onStart?.(command);
        child ??= this.#startChild();
        const end = await this.#runIn(child, command);
        ends.push(end);
        this.#options.onEnd?.(end);
        runs += 1;
        const goesOn = end.outcome === 'finished' && child.connected;
        if (goesOn && runs % RUNS_OF_A_CHILD !== 0) continue;
        if (child.connected) child.disconnect();
        child = null;
      }
      if (child?.connected) child.disconnect();
    };
    await Promise.all(Array.from({ length: this.#options.jobs }, line));
    return ends;
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
        child.off('message', done).off('error', failed).off('close', closed);
        resolve({ command, ...end });
      };
      const done = () => settle(this.#endOf(command, 0, null, stderr));
      const failed = (error: Error) => settle({ outcome: 'failed', error: error.message });
      const closed = (code: number | null, signal: NodeJS.Signals | null) =>
        settle(this.#endOf(command, code, signal, stderr));
      child.stderr?.setEncoding('utf8').on('data', heard);
      child.on('message', done).on('error', failed).on('close', closed);
      child.send(command.args, (error) => {
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
    if (isDone && isOver(status)) return { outcome: 'finished' };
    if (this.#isStopping) return { outcome: 'stopped' };
    const how = signal ? `killed by ${signal}` : `ended with exit code ${code}`;
    return { outcome: 'failed', error: stderr.trim() || how };
  }
}
