import type { WriteStream } from 'node:tty';
import cliProgress from 'cli-progress';
import { ArmsTable, type FollowedRun } from './arms-table.ts';
import { cut, fittedLine, type LinePart } from './fitted-line.ts';
import { withBar } from './progress-line.ts';
import { remainingText } from './progress-text.ts';
import { Remaining } from './remaining.ts';
import { coloursFor } from './terminal.ts';

/** Arms with a line of their own on a terminal. */
const MOST_ARMS = 12;
const PLAIN_EVERY_MS = 10_000;
/** Names of runs under way that a terminal has room for. */
const NAMES_LENGTHS = [200, 60, 40, 20];

/**
 * Follows a study. On a terminal a line for the whole and one for each of some arms, as wide as that at
 * most; elsewhere a line each ten seconds.
 */
export class StudyProgress {
  readonly #stream: WriteStream;
  readonly #runs: number;
  readonly #running = new Set<string>();
  readonly #remaining: Remaining;
  readonly #arms: ArmsTable;
  readonly #bars: cliProgress.MultiBar | undefined;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(stream: WriteStream, runs: readonly FollowedRun[]) {
    this.#stream = stream;
    this.#runs = runs.length;
    this.#arms = new ArmsTable(runs);
    const { done } = this.#arms;
    this.#remaining = new Remaining(done, runs.length);
    if (done === runs.length) return;
    if (!stream.isTTY || process.env.TERM === 'dumb') {
      this.#timer = setInterval(() => {
        stream.write(`${fittedLine(this.#parts, Number.POSITIVE_INFINITY, ', ')}\n`);
      }, PLAIN_EVERY_MS).unref();
      return;
    }
    this.#bars = new cliProgress.MultiBar({
      stream,
      fps: 2,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
    });
    const most = Math.min(MOST_ARMS, (stream.rows || 24) - 2);
    const lines = this.#arms.lines(most, 1).length;
    this.#bars.create(1, 0, {}, { format: () => this.#line() });
    for (let index = 0; index < lines; index += 1) {
      const format = () => this.#arms.lines(most, this.#width)[index] ?? '';
      this.#bars.create(1, 0, {}, { format });
    }
  }

  started(folder: string): void {
    this.#running.add(folder);
    this.#arms.change(folder, { state: 'running' });
  }

  heard(folder: string, news: Pick<FollowedRun, 'share' | 'accuracy'>): void {
    this.#arms.change(folder, news);
    this.#remaining.reach(this.#arms.done);
  }

  ended(folder: string, change: Pick<FollowedRun, 'state' | 'accuracy'>): void {
    this.#running.delete(folder);
    this.#arms.change(folder, change);
    this.#remaining.reach(this.#arms.done);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#bars?.stop();
  }

  get #parts(): LinePart[] {
    const failed = this.#arms.count('failed');
    const names = [...this.#running].join(', ');
    return [
      { forms: [`${this.#ended} of ${this.#runs} runs done`], rank: 4 },
      { forms: [failed > 0 ? `${failed} failed` : ''], rank: 3 },
      { forms: [remainingText(this.#remaining.secondsLeft()), ''], rank: 2 },
      { forms: [...NAMES_LENGTHS.map((length) => cut(names, length)), ''], rank: 0 },
    ];
  }

  get #ended(): number {
    return this.#arms.count('completed') + this.#arms.count('failed');
  }

  get #width(): number {
    return (this.#stream.columns || 80) - 1;
  }

  #line(): string {
    const colours = coloursFor(this.#stream);
    const [count, ...others] = this.#parts;
    const parts = [withBar(count!, this.#arms.done / this.#runs, colours), ...others];
    return fittedLine(parts, this.#width, ' | ').replaceAll(' | ', colours.dim(' | '));
  }
}
