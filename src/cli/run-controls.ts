import type { Run } from '../run/run.ts';

type ControlState = 'running' | 'paused' | 'stopping';

/** Controls a run in progress: `edgemlsim ctl`, keys and signals call it. */
export class RunControls {
  readonly #run: Run;
  readonly #onState: (state: ControlState) => void;
  #state: ControlState = 'running';
  #isToggling = false;
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
    await this.#run.pause();
    if (this.#state === 'running') this.#set('paused');
    return this.status();
  }

  async resume(): Promise<object> {
    if (this.#goOn !== null) this.leaveMark();
    else await this.#run.continue();
    if (this.#state === 'paused') this.#set('running');
    return this.status();
  }

  stop(): object {
    this.#set('stopping');
    this.#run.stop();
    this.leaveMark();
    return this.status();
  }

  /** Pauses, or goes on; nothing while the last one is under way. */
  async toggle(): Promise<void> {
    if (this.#isToggling) return;
    this.#isToggling = true;
    if (this.#state === 'paused') await this.resume();
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
