import { RunError } from '../errors.ts';
import type { SimulatedLine } from '../journal/events.ts';
import { isMark, type StepMark } from '../journal/marks.ts';
import type { Run } from '../run/run.ts';

type ControlState = 'running' | 'paused' | 'stopping';

/** Controls a run in progress: `edgemlsim ctl`, keys and signals call it. */
export class RunControls {
  readonly #run: Run;
  readonly #onState: (state: ControlState) => void;
  #state: ControlState = 'running';
  #isToggling = false;
  /** A step that is under way. */
  #step: AbortController | null = null;
  /** Set while the run waits at a mark: lets it go on. */
  #goOn: (() => void) | null = null;

  constructor(run: Run, onState: (state: ControlState) => void) {
    this.#run = run;
    this.#onState = onState;
  }

  status(): object {
    const { progress, processes } = this.#run;
    return { state: this.#state, simTimeS: progress.simTimeS, ...(processes && { processes }) };
  }

  async pause(): Promise<object> {
    this.#step?.abort();
    await this.#run.pause();
    if (this.#state === 'running') this.#set('paused');
    return this.status();
  }

  async continue(): Promise<object> {
    if (this.#goOn !== null) this.leaveMark();
    else await this.#run.continue();
    if (this.#state === 'paused') this.#set('running');
    return this.status();
  }

  /** One event, or on to the next one with a mark: `pause` ends that early. */
  async step(until: StepMark | undefined): Promise<object> {
    if (this.#state !== 'paused' || this.#step !== null) {
      throw new RunError('step: the run is not paused');
    }
    const step = new AbortController();
    this.#step = step;
    try {
      const isReached = (line: SimulatedLine) => until !== undefined && isMark(line, until);
      await this.#run.step(until && { isReached, signal: step.signal });
    } finally {
      this.#step = null;
    }
    return this.status();
  }

  stop(): object {
    this.#step?.abort();
    this.#set('stopping');
    this.#run.stop();
    this.leaveMark();
    return this.status();
  }

  /** Pauses, or goes on; nothing while the last one is under way. */
  async toggle(): Promise<void> {
    if (this.#isToggling) return;
    this.#isToggling = true;
    if (this.#state === 'paused') await this.continue();
    else if (this.#state === 'running') await this.pause();
    this.#isToggling = false;
  }

  /** The run has paused by itself; resolves when it shall go on. */
  waitAtMark(): Promise<void> {
    if (this.#state === 'stopping') return Promise.resolve();
    this.#set('paused');
    return new Promise((resolve) => {
      this.#goOn = resolve;
    });
  }

  /** The run goes on from a mark, if it waits at one. */
  leaveMark(): void {
    const goOn = this.#goOn;
    if (goOn === null) return;
    this.#goOn = null;
    if (this.#state === 'paused') this.#set('running');
    goOn();
  }

  #set(state: ControlState): void {
    this.#state = state;
    this.#onState(state);
  }
}
