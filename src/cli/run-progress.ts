import type { Progress } from '../run/run-summary.ts';

/** Display of a run while it starts and goes on. */
export interface RunProgress {
  /** Shows a step of the preparation before the run goes on. */
  step(doing: string): void;
  /** The run has its folder. */
  started(runDir: string): void;
  show(progress: Progress): void;
  setPaused(isPaused: boolean): void;
  /** Shows nothing any more, until the next call. */
  stop(): void;
}
