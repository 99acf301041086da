import type { WriteStream } from 'node:tty';
import cliProgress from 'cli-progress';
import { cut, fittedLine, type LinePart } from './fitted-line.ts';
import { withBar } from './progress-line.ts';
import { remainingText } from './progress-text.ts';
import { Remaining } from './remaining.ts';
import { coloursFor } from './terminal.ts';

const PLAIN_EVERY_MS = 10_000;
/** Names of runs under way that a terminal has room for. */
const NAMES_LENGTHS = [200, 60, 40, 20];

/** Follows a study: one line on a terminal, as wide as that at most; elsewhere a line each ten seconds. */
export class StudyProgress {
  readonly #stream: WriteStream;
  readonly #runs: number;
  readonly #running = new Set<string>();
  readonly #remaining: Remaining;
  readonly #bar: cliProgress.SingleBar | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #ended: number;

  constructor(stream: WriteStream, runs: number, ended: number) {
    this.#stream = stream;
    this.#runs = runs;
    this.#ended = ended;
    this.#remaining = new Remaining(ended, runs);
    if (ended === runs) return;
    if (!stream.isTTY || process.env.TERM === 'dumb') {
      this.#timer = setInterval(() => {
        stream.write(`${fittedLine(this.#parts, Number.POSITIVE_INFINITY, ', ')}\n`);
      }, PLAIN_EVERY_MS).unref();
      return;
    }
    this.#bar = new cliProgress.SingleBar({
      stream,
      format: () => this.#line(),
      fps: 2,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
    });
    this.#bar.start(runs, ended);
  }

  started(folder: string): void {
    this.#running.add(folder);
  }

  ended(folder: string): void {
    this.#running.delete(folder);
    this.#ended += 1;
    this.#remaining.reach(this.#ended);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#bar?.stop();
  }

  get #parts(): LinePart[] {
    const names = [...this.#running].join(', ');
    return [
      { forms: [`${this.#ended} of ${this.#runs} runs done`], rank: 3 },
      { forms: [remainingText(this.#remaining.secondsLeft()), ''], rank: 2 },
      { forms: [...NAMES_LENGTHS.map((length) => cut(names, length)), ''], rank: 0 },
    ];
  }

  #line(): string {
    const colours = coloursFor(this.#stream);
    const [count, ...others] = this.#parts;
    const width = (this.#stream.columns || 80) - 1;
    const parts = [withBar(count!, this.#ended / this.#runs, colours), ...others];
    return fittedLine(parts, width, ' | ').replaceAll(' | ', colours.dim(' | '));
  }
}
