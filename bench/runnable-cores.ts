import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 20;

/**
 * How many of some cores a process and its descendants could use: cores that they left free although all
 * were theirs, found by looking at their threads again and again. On a machine that does other work a thread
 * waits for its turn, which is no fault of theirs, so that their processor time over the time of the clock
 * says nothing. Linux only.
 */
export class RunnableCores {
  readonly #pid: number;
  readonly #cores: number;
  readonly #timer: NodeJS.Timeout;
  #samples = 0;
  #free = 0;

  constructor(pid: number, cores: number) {
    this.#pid = pid;
    this.#cores = cores;
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** The share of the cores that was free, as a mean over time. */
  end(): number {
    clearInterval(this.#timer);
    return this.#samples === 0 ? 0 : this.#free / this.#samples / this.#cores;
  }

  #look(): void {
    const runnable = withDescendants(this.#pid).reduce((sum, pid) => sum + runnableThreads(pid), 0);
    this.#samples += 1;
    this.#free += Math.max(0, this.#cores - runnable);
  }
}

function withDescendants(pid: number): number[] {
  const children = threadsOf(pid).flatMap((thread) => {
    const list = readOrNothing(`/proc/${pid}/task/${thread}/children`).trim();
    return list === '' ? [] : list.split(' ').map(Number);
  });
  return [pid, ...children.flatMap(withDescendants)];
}

function runnableThreads(pid: number): number {
  // `PID (NAME) STATE …`; a name may contain anything.
  const isRunnable = (thread: string) =>
    /\) R [^)]*$/.test(readOrNothing(`/proc/${pid}/task/${thread}/stat`));
  return threadsOf(pid).filter(isRunnable).length;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** A process or a thread may end while it is looked at. */
function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
