import type { SimulatedLine } from '../journal/events.ts';
import type { Deployment } from '../processes/deployment.ts';
import type { Mark, Progress, RunSummary } from './run-summary.ts';

/** How a run is started or resumed. */
export interface StartOptions {
  /**
   * The program, with its first arguments, that starts the processes of a live run and the agents of
   * `pool.agents`. Default: this package's own `edgemlsim`.
   */
  program?: readonly [string, ...string[]];
  /** @internal */
  deployment?: Deployment;
  /** Threads of this process that compute for a virtual run. Default: 1. */
  threads?: number;
  /** Receives what is done next while the run starts: `reading the trace and the data`, for instance. */
  onStep?: (doing: string) => void;
}

/** How far a step goes. */
export interface StepGoal {
  /** Asked about each line that the run records: the step ends with the first for which it is true. */
  isReached: (line: SimulatedLine) => boolean;
  /** Ends the step where it is. */
  signal: AbortSignal;
}

/** How far a run is driven, and its callbacks on the way. */
export interface DriveOptions {
  /** Where the run stops with a checkpoint, if it comes there. */
  until?: Mark;
  /** Stops the run when it is aborted, as `stop()` does. */
  signal?: AbortSignal;
  /** Called about ten times a second of wall time. */
  onProgress?: (progress: Progress) => void;
}

/** A process of a live run, as it stands now. */
export interface RunProcess {
  slot: number;
  role: 'cloud' | 'server' | 'workers';
  /** How many nodes it runs. */
  nodes: number;
  /** 0 where none has been started yet. */
  pid: number;
  isLost: boolean;
  isReady: boolean;
}

/**
 * One run in either world. Simulation time passes only while `advance` or `toEnd` is under way, and
 * one of them at a time.
 */
export interface Run {
  /** How the run was resumed, for the user: one line each. */
  readonly notices: readonly string[];
  /** How far the run has come. */
  readonly progress: Progress;
  /** The processes of the nodes of a live run; null in the virtual world. */
  readonly processes: readonly RunProcess[] | null;
  /** Whether the run stopped at its last checkpoint because user code did not return. */
  readonly hasGivenUp: boolean;

  /**
   * Runs on to a mark and pauses there. Resolves with true at the mark, with false when the run
   * ended or stopped before. Rejects when the run fails; it cannot be used then.
   */
  advance(to: Mark, options?: DriveOptions): Promise<boolean>;

  /**
   * Runs on to the end, to the mark `until`, or until the run is stopped; then ends its threads and
   * processes and writes the summary. Rejects when the run fails.
   */
  toEnd(options?: DriveOptions): Promise<RunSummary>;

  /** Holds the clock. Resolves when all computations are done, or when the run has ended. */
  pause(): Promise<void>;

  /** Lets the clock of a paused run go on. */
  continue(): Promise<void>;

  /**
   * Handles one event of a virtual run that is paused or is not under way; with `until`, events up to
   * one that records such a line. The nodes of a live run act at the same time: it needs `until`, goes
   * on, and pauses when the line is there, so that some lines may follow it. Rejects with RunError
   * where the run is not paused or is over, during another step, and for a live run without `until`
   * or before `advance` or `toEnd` has started its processes.
   */
  step(until?: StepGoal): Promise<void>;

  /**
   * Asks the run to stop: `toEnd` writes a checkpoint and resolves with the status `stopped`. User
   * code that does not return costs the new checkpoint: after some seconds the run stays at the
   * last one.
   */
  stop(): void;

  /** Marks the run as interrupted: for a process that is about to exit while the run goes on. */
  interrupt(): void;

  /** Ends a run that is not driven to its end, as failed. */
  abandon(error: Error): Promise<void>;
}
