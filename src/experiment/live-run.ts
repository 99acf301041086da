import { stringify } from 'yaml';
import { InputError, RunError } from '../errors.ts';
import type { Quantity } from '../journal/events.ts';
import { FileSink } from '../journal/file-sink.ts';
import { JournalWriter, journalStart } from '../journal/writer.ts';
import { encodeParameters } from '../learning/parameter-file.ts';
import type { Listener } from '../transport/transport.ts';
import { LiveClock } from '../worlds/live/live-clock.ts';
import { placeNodes } from '../worlds/live/placement.ts';
import { type LiveOutcome, Simulator } from '../worlds/live/simulator.ts';
import { type Composition, compose } from './compose.ts';
import type { Config } from './config-schema.ts';
import { endpoint, transports, vectorLimits } from './live-endpoints.ts';
import { LocalAgents } from './local-agents.ts';
import { provenanceOf } from './provenance.ts';
import type { RunOptions } from './run.ts';
import { RunFolder } from './run-folder.ts';
import type { Progress, RunSummary } from './run-summary.ts';
import { summaryOf } from './summary-of.ts';

const PROGRESS_EVERY_MS = 100;
/** Wall time in which all processes must have made their shares of the run. */
const GATHER_MS = 120_000;

export interface LiveRunOptions {
  config: Config;
  runDir: string;
  /** What `edgemlsim` is here: a program and its first arguments. */
  program: readonly [string, ...string[]];
}

/** One run of the live world on this machine: this process simulates, its children are the nodes. */
export class LiveRun {
  /** A run that was stopped cannot be gone on with. */
  readonly leavesCheckpoint = false;
  readonly #options: LiveRunOptions;
  readonly #composition: Composition;
  readonly #folder: RunFolder;
  readonly #sink: FileSink;
  readonly #journal: JournalWriter;
  readonly #simulator: Simulator;
  readonly #agents: LocalAgents;
  readonly #measured: { accuracy: number | null; loss: Quantity | null };
  #listener: Listener | null = null;
  #isStopped = false;

  /** Makes the run folder. Throws InputError when that holds something already. */
  static async start(options: LiveRunOptions): Promise<LiveRun> {
    const { config, runDir } = options;
    const composition = await compose(config);
    const folder = RunFolder.create(runDir);
    try {
      const resolvedConfig = stringify(config);
      const provenance = provenanceOf(config, resolvedConfig, composition);
      folder.write('provenance.json', `${JSON.stringify(provenance, null, 2)}\n`);
      folder.write('config.resolved.yaml', resolvedConfig);
      folder.writeStatus({ status: 'running' });
      return new LiveRun(options, composition, folder);
    } catch (error) {
      folder.release();
      throw error;
    }
  }

  private constructor(options: LiveRunOptions, composition: Composition, folder: RunFolder) {
    const { config, runDir } = options;
    const { settings, mobility } = composition;
    this.#options = options;
    this.#composition = composition;
    this.#folder = folder;
    this.#agents = new LocalAgents(runDir);
    this.#sink = new FileSink(folder.journalFile);
    const wallUs = () => performance.now() * 1000;
    const startedUs = wallUs();
    this.#journal = new JournalWriter(
      this.#sink,
      journalStart(),
      () => Math.round(wallUs() - startedUs) / 1e6,
    );
    const measured: { accuracy: number | null; loss: Quantity | null } = {
      accuracy: null,
      loss: null,
    };
    this.#measured = measured;
    const { speed, workerHosts } = config.live;
    this.#simulator = new Simulator({
      settings,
      mobility,
      journal: this.#journal,
      clock: new LiveClock(wallUs, speed),
      wallUs,
      speed,
      run: config,
      places: placeNodes(settings, workerHosts),
      onMeasured: (facts) => {
        const { accuracy = null, loss = null } = facts as Partial<typeof measured>;
        Object.assign(measured, { accuracy, loss });
      },
    });
  }

  /** Runs to the end or until `stop`, and closes the run. */
  async run(options: RunOptions = {}): Promise<RunSummary> {
    const { pauseAt, onPaused, onProgress } = options;
    const simulator = this.#simulator;
    let progress: NodeJS.Timeout | undefined;
    try {
      await this.#gather();
      if (onProgress) progress = setInterval(() => onProgress(this.#progress()), PROGRESS_EVERY_MS);
      if (pauseAt !== undefined && 'timeUs' in pauseAt) {
        simulator.at(pauseAt.timeUs, async () => {
          await simulator.pause();
          await onPaused?.();
          await simulator.resume();
        });
      }
      this.#writeModel(await simulator.play());
      this.#journal.recordHost(
        this.#isStopped ? { type: 'stopped', reason: 'signal' } : { type: 'finished' },
      );
      this.#sink.sync();
      const summary = await summaryOf(this.#folder, !this.#isStopped);
      this.#folder.writeStatus({ status: summary.status, summary });
      return summary;
    } catch (error) {
      this.#folder.writeStatus({ status: 'failed', error: (error as Error).message });
      throw error;
    } finally {
      clearInterval(progress);
      await this.#close();
    }
  }

  /** Simulation time, in microseconds. */
  get nowUs(): number {
    return this.#simulator.nowUs;
  }

  /** What runs where. */
  get processes(): readonly object[] {
    return this.#simulator.hosts;
  }

  /** The clock stands still everywhere when this resolves. */
  pause(): Promise<void> {
    return this.#simulator.pause();
  }

  resume(): Promise<void> {
    return this.#simulator.resume();
  }

  /** Ends the run where it is. */
  stop(): void {
    this.#isStopped = true;
    this.#simulator.end('stopped');
  }

  /** Starts the processes; resolves when all are ready. */
  async #gather(): Promise<void> {
    const { config, program } = this.#options;
    const { transport: name, workerHosts } = config.live;
    const { settings, engine } = this.#composition;
    const simulator = this.#simulator;
    const address = { host: '127.0.0.1', port: 0 };
    this.#listener = await transports[name].listen(
      endpoint(address, vectorLimits(settings.dimension)),
      (connection) => simulator.accept(connection),
    );
    const { host, port } = this.#listener.address;
    const processes = placeNodes(settings, workerHosts).length;
    const { leftOut } = engine;
    this.#journal.recordHost({
      type: 'started',
      threads: processes,
      engine: engine.name,
      ...(Object.keys(leftOut).length > 0 && { leftOut }),
      node: process.version,
    });
    const args = ['agent', '--join', `${host}:${port}`, '--transport', name, '--with-stdin'];
    let areReady = false;
    for (let index = 0; index < processes; index += 1) {
      this.#agents.start(program, args, (how) => {
        if (areReady) return;
        const said = this.#agents.said;
        simulator.fail(new RunError(`a process of the run ended (${how}): ${said}`));
      });
    }
    const timeout = setTimeout(() => {
      simulator.fail(new RunError(`not all processes were ready after ${GATHER_MS / 1000} s`));
    }, GATHER_MS);
    try {
      await simulator.gathered();
      areReady = true;
    } finally {
      clearTimeout(timeout);
    }
  }

  #progress(): Progress {
    const { rounds, gradients, inRange } = this.#simulator.progress;
    return {
      round: rounds,
      simTimeS: this.nowUs / 1e6,
      inRange,
      ...this.#measured,
      gradients,
      gradientsAtEnd: this.#composition.settings.cloud.gradientsAtEnd,
    };
  }

  #writeModel({ theta, version }: LiveOutcome): void {
    const { parameters } = this.#composition;
    const metadata = { version: String(version), run: this.#options.config.name };
    this.#folder.write('model.safetensors', encodeParameters(parameters, theta, metadata));
  }

  async #close(): Promise<void> {
    try {
      this.#simulator.close();
      await this.#agents.ended();
      await this.#listener?.close();
      this.#sink.close();
    } finally {
      this.#folder.release();
    }
  }
}

/** Throws InputError for what only the virtual world can do. */
export function refuseForLive({ until, pauseAt }: Pick<RunOptions, 'until' | 'pauseAt'>): void {
  if (until !== undefined) {
    throw new InputError({
      found: '--until: a live run cannot be gone on with',
      advice: ['training.maximumTimeS or training.maximumRounds end it'],
    });
  }
  if (pauseAt !== undefined && 'round' in pauseAt) {
    throw new InputError({
      found: '--pause-at: a live run can be paused at a time alone',
      advice: ['expected seconds or H:MM:SS, or `edgemlsim ctl RUN pause` at any moment'],
    });
  }
}
