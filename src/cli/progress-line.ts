import type { WriteStream } from 'node:tty';
import cliProgress from 'cli-progress';
import type { Progress } from '../run/run-summary.ts';
import { cut, fittedLine, type LinePart } from './fitted-line.ts';
import { progressParts, shareOf } from './progress-text.ts';
import { Remaining } from './remaining.ts';
import type { RunProgress } from './run-progress.ts';
import { coloursFor } from './terminal.ts';

const CLEAR_LINE = '\r\u001b[K';
const BAR_SIZES = [16, 8];

/** One line on a terminal that follows a run, as wide as the terminal at most. */
export class ProgressLine implements RunProgress {
  readonly #stream: WriteStream;
  readonly #colours: ReturnType<typeof coloursFor>;
  readonly #bar: cliProgress.SingleBar;
  #latest: Progress | undefined;
  #remaining: Remaining | undefined;
  #isPaused = false;
  #hasStep = false;
  #hasBar = false;

  constructor(stream: WriteStream) {
    this.#stream = stream;
    this.#colours = coloursFor(stream);
    this.#bar = new cliProgress.SingleBar({
      stream,
      format: () => this.#line(),
      fps: 10,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
    });
  }

  step(doing: string): void {
    this.stop();
    this.#hasStep = true;
    this.#stream.write(`${CLEAR_LINE}${this.#colours.dim(cut(`${doing} …`, this.#width))}`);
  }

  started(runDir: string): void {
    this.stop();
    this.#stream.write(`run folder: ${runDir}\n`);
  }

  show(progress: Progress): void {
    const { gradients, gradientsAtEnd } = progress;
    this.#latest = progress;
    this.#remaining ??= new Remaining(gradients, gradientsAtEnd);
    this.#remaining.reach(gradients);
    if (this.#hasBar) {
      this.#bar.update(gradients);
      return;
    }
    this.#clearStep();
    this.#bar.start(gradientsAtEnd, gradients);
    this.#hasBar = true;
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    // The pause is no time in which anything was done.
    this.#remaining = undefined;
    if (this.#hasBar) this.#bar.update({});
  }

  /** Takes the line away. Showing again brings it back. */
  stop(): void {
    this.#clearStep();
    if (this.#hasBar) this.#bar.stop();
    this.#hasBar = false;
  }

  #clearStep(): void {
    if (this.#hasStep) this.#stream.write(CLEAR_LINE);
    this.#hasStep = false;
  }

  #line(): string {
    const progress = this.#latest;
    if (progress === undefined) return '';
    const { dim, yellow } = this.#colours;
    const remainingS = this.#remaining?.secondsLeft() ?? null;
    const state: LinePart = { forms: [this.#isPaused ? 'paused' : ''], rank: 7, paint: yellow };
    const [share, ...others] = progressParts(progress, this.#isPaused ? null : remainingS);
    const parts = [state, withBar(share!, shareOf(progress), this.#colours), ...others];
    return fittedLine(parts, this.#width, ' | ').replaceAll(' | ', dim(' | '));
  }

  /** One less than the terminal's: some terminals wrap behind the last column. */
  get #width(): number {
    return (this.#stream.columns || 80) - 1;
  }
}

/** The part with a bar before it, which is the first that it does without. */
export function withBar(
  { forms }: LinePart,
  share: number,
  { cyan, dim }: ReturnType<typeof coloursFor>,
): LinePart {
  const [text = ''] = forms;
  const bars = BAR_SIZES.map((size) => {
    const full = Math.round(share * size);
    return `${'━'.repeat(full)}${'─'.repeat(size - full)} ${text}`;
  });
  const paint = (shown: string) => shown.replace(/━+/, cyan).replace(/─+/, dim);
  return { forms: [...bars, text], rank: 1, paint };
}
