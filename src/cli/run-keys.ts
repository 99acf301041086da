import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ReadStream } from 'node:tty';

/** Signals that the terminal itself sends for these keys while no program reads them. */
const signals = { '\u0003': 'SIGINT', '\u001a': 'SIGTSTP', '\u001c': 'SIGQUIT' } as const;

type Terminal = Pick<ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>;

/** Single keys on a terminal while a run is in progress. Ctrl-C, Ctrl-Z and Ctrl-\ do what they did. */
export class RunKeys {
  readonly #terminal: Terminal;
  readonly #keys: Readonly<Record<string, () => void>>;
  readonly #send: (signal: NodeJS.Signals) => void;

  /** Null where no key can be pressed: without a terminal, or in the background. */
  static open(terminal: Terminal, keys: Readonly<Record<string, () => void>>): RunKeys | null {
    if (!terminal.isTTY || !isInForeground()) return null;
    // To the whole job, as the terminal does.
    return new RunKeys(terminal, keys, (signal) => process.kill(0, signal));
  }

  /** `send`: sends a signal to the job that this process is of. */
  constructor(
    terminal: Terminal,
    keys: Readonly<Record<string, () => void>>,
    send: (signal: NodeJS.Signals) => void,
  ) {
    this.#terminal = terminal;
    this.#keys = keys;
    this.#send = send;
    terminal.on('data', this.#pressed).on('error', this.#ignored);
    process.on('exit', this.#restore).on('SIGCONT', this.#continued);
    this.#takeOver();
  }

  /** The terminal is as it was. */
  close(): void {
    this.#terminal.off('data', this.#pressed).off('error', this.#ignored);
    process.off('exit', this.#restore).off('SIGCONT', this.#continued);
    this.#restore();
  }

  #takeOver(): void {
    this.#terminal.setRawMode(true);
    this.#terminal.resume();
  }

  readonly #restore = (): void => {
    this.#terminal.setRawMode(false);
    this.#terminal.pause();
  };

  /** After Ctrl-Z: with `fg`, not with `bg`. */
  readonly #continued = (): void => {
    if (isInForeground()) this.#takeOver();
  };

  /** The terminal is gone: its own signal comes too. */
  readonly #ignored = (): void => {};

  readonly #pressed = (data: Buffer | string): void => {
    const text = String(data);
    // An arrow, for instance.
    if (text.startsWith('\u001b')) return;
    for (const key of text) {
      const signal = signals[key as keyof typeof signals];
      if (signal === undefined) {
        this.#keys[key]?.();
        continue;
      }
      if (signal !== 'SIGINT') this.#restore();
      this.#send(signal);
    }
  };
}

/**
 * Whether this process is of its terminal's foreground job, as far as can be found out. The
 * system stops any other process that sets or reads the terminal.
 */
function isInForeground(): boolean {
  const [own, foreground] = processGroups();
  return own !== undefined && own === foreground;
}

/** Of this process, and of its terminal's foreground. */
function processGroups(): string[] {
  try {
    // Behind the command's name, which may hold anything: state, parent, group, session, terminal.
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\)\s*/s, '')
      .split(' ');
    return [fields[2]!, fields[5]!];
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], {
      encoding: 'utf8',
    });
    return (stdout ?? '').trim().split(/\s+/).filter(Boolean);
  }
}
