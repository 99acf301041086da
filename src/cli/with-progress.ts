import type { WriteStream } from 'node:tty';
import type { Progress } from '../run/run-summary.ts';
import { FOLLOWS_STUDY, reportToStudy } from './follow-study.ts';
import { PlainProgress } from './plain-progress.ts';
import { shareOf } from './progress-text.ts';
import type { RunProgress } from './run-progress.ts';
import { verbosity } from './verbosity.ts';

/** Shows the progress of what is done, and nothing any more when that has ended or failed. */
export async function withProgress<Result>(
  doing: string,
  work: (progress: RunProgress) => Promise<Result>,
): Promise<Result> {
  const progress = await openProgress(process.stderr);
  progress.step(doing);
  try {
    return await work(progress);
  } finally {
    progress.stop();
  }
}

/** A line that is drawn again and again on a terminal; plain lines elsewhere; messages for a study. */
async function openProgress(stream: WriteStream): Promise<RunProgress> {
  if (process.env[FOLLOWS_STUDY]) return new NewsForStudy();
  if (verbosity() === 'quiet') return silent;
  const write = (line: string): void => void stream.write(`${line}\n`);
  const isPlain = !stream.isTTY || process.env.TERM === 'dumb';
  const progress = isPlain
    ? new PlainProgress(write)
    : new (await import('./progress-line.ts')).ProgressLine(stream);
  if (verbosity() !== 'verbose') return progress;
  const { VerboseProgress } = await import('./verbose-progress.ts');
  return new VerboseProgress(progress, write, () => process.uptime());
}

const ignore = (): void => {};
const silent: RunProgress = {
  step: ignore,
  started: ignore,
  show: ignore,
  setPaused: ignore,
  stop: ignore,
};

const NEWS_EVERY_MS = 500;

/** Reports to the study now and then how far its run has come. */
class NewsForStudy implements RunProgress {
  #reportedMs = 0;

  show(progress: Progress): void {
    const nowMs = performance.now();
    if (nowMs - this.#reportedMs < NEWS_EVERY_MS) return;
    this.#reportedMs = nowMs;
    reportToStudy({ news: { share: shareOf(progress), accuracy: progress.accuracy } });
  }

  step(): void {}
  started(): void {}
  setPaused(): void {}
  stop(): void {}
}
