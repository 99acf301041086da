import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from '../plain-environment.ts';

interface Printed {
  code: number | null;
  stdout: string;
  stderr: string;
}

const file = fileURLToPath(new URL('./warm-process.js', import.meta.url));
/** Stands behind what one command has printed. */
const END = '\u001eend of a command\u001e';
const streams = ['stdout', 'stderr'] as const;
/** Less than a test may take: one command that hangs shall not hold up those of all later tests. */
const LONGEST_MS = 500_000;

/**
 * The program in a process that performs one command after the other: to load it takes more of a
 * core than most commands do. It ends with this process.
 */
export class WarmProgram {
  readonly #main: string;
  #child: ChildProcess | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** @param main what the commands take for the file of the program */
  constructor(main: string) {
    this.#main = main;
  }

  /** One that ends the process, or a killed process, has its exit code; the next gets another process. */
  perform(args: readonly string[], cwd: string): Promise<Printed> {
    const printed = this.#last.then(() => this.#perform(args, cwd));
    this.#last = printed.catch(() => {});
    return printed;
  }

  #perform(args: readonly string[], cwd: string): Promise<Printed> {
    this.#child ??= this.#start();
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const printed = { code: null as number | null, stdout: '', stderr: '' };
      const tooLate = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
      const settle = () => {
        clearTimeout(tooLate);
        child.off('message', ended).off('close', closed).off('error', reject);
        for (const stream of streams) child[stream]!.removeAllListeners('data');
        resolve(printed);
      };
      const open = new Set(['message', ...streams]);
      const close = (part: string) => {
        open.delete(part);
        if (open.size === 0) settle();
      };
      const ended = ({ code }: { code: number }) => {
        printed.code = code;
        close('message');
      };
      const closed = (code: number | null) => {
        this.#child = null;
        printed.code = code;
        settle();
      };
      for (const stream of streams) {
        child[stream]!.on('data', (text: string) => {
          printed[stream] += text;
          if (!printed[stream].endsWith(END)) return;
          printed[stream] = printed[stream].slice(0, -END.length);
          close(stream);
        });
      }
      child.on('message', ended).on('close', closed).on('error', reject);
      child.send({ args, cwd, env: plainEnvironment() });
    });
  }

  #start(): ChildProcess {
    const options = { env: plainEnvironment(), execArgv: [], silent: true };
    const child = fork(file, [this.#main, END], options);
    child.stdin!.end();
    for (const stream of streams) child[stream]!.setEncoding('utf8');
    return child;
  }
}
