import type { WriteStream } from 'node:tty';
import cliProgress from 'cli-progress';
import type { Progress } from '../experiment/run-summary.ts';
import { coloursFor } from './colours.ts';
import { clockTime, percent } from './formats.ts';

/** One line on a terminal that follows a run; silent anywhere else. */
export class ProgressLine {
  readonly #bar: cliProgress.SingleBar | undefined;
  readonly #pausedText: string;
  #shown = false;
  #state = '';

  constructor(stream: WriteStream) {
    const { cyan, dim, yellow } = coloursFor(stream);
    this.#pausedText = `${yellow('paused')} `;
    if (!stream.isTTY) return;
    this.#bar = new cliProgress.SingleBar({
      stream,
      format: `{state}${cyan('{bar}')} {percentage}% round {round} ${dim('|')} {time} simulated ${dim('|')} {inRange} in range ${dim('|')} {measured} ${dim('|')} {eta_formatted} left`,
      barCompleteChar: '━',
      barIncompleteChar: ' ',
      barsize: 16,
      fps: 10,
      etaBuffer: 50,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
    });
  }

  show(progress: Progress): void {
    if (!this.#bar) return;
    const payload = {
      round: progress.round,
      time: clockTime(progress.simTimeS),
      inRange: progress.inRange,
      measured: measured(progress),
      state: this.#state,
    };
    const { gradients, gradientsAtEnd } = progress;
    if (this.#shown) this.#bar.update(gradients, payload);
    else this.#bar.start(gradientsAtEnd, gradients, payload);
    this.#shown = true;
  }

  setPaused(isPaused: boolean): void {
    this.#state = isPaused ? this.#pausedText : '';
    if (this.#shown) this.#bar?.update({ state: this.#state });
  }

  /** Takes the line away. Showing again brings it back. */
  stop(): void {
    if (this.#shown) this.#bar?.stop();
    this.#shown = false;
  }
}

/** A regression has no accuracy. */
function measured({ accuracy, loss }: Progress): string {
  if (accuracy === null && loss !== null) {
    return `loss ${typeof loss === 'number' ? loss.toPrecision(3) : loss}`;
  }
  return `accuracy ${percent(accuracy)}`;
}
