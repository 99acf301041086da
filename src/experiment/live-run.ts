import { stringify } from 'yaml';
import { InputError, RunError } from '../errors.ts';
import type { Quantity } from '../journal/events.ts';
import { FileSink } from '../journal/file-sink.ts';
import { JournalWriter, journalStart } from '../journal/writer.ts';
import { encodeParameters } from '../learning/parameter-file.ts';
import type { Listener } from '../transport/transport.ts';
import { LiveClock } from '../worlds/live/live-clock.ts';
import { type Address, type HostPlace, placeNodes, placeText } from '../worlds/live/placement.ts';
import type { Machine, PlacementRules } from '../worlds/live/share-out.ts';
import { type LiveOutcome, Simulator } from '../worlds/live/simulator.ts';
import { AgentDesk } from './agent-desk.ts';
import { type Composition, compose } from './compose.ts';
import type { Config } from './config-schema.ts';
import type { AgentCommand, Deployment } from './deployment.ts';
import { endpoint, transports, vectorLimits } from './live-endpoints.ts';
import { LocalAgents } from './local-agents.ts';
import { provenanceOf } from './provenance.ts';
import type { RunOptions } from './run.ts';
import { RunFolder } from './run-folder.ts';
import type { Progress, RunSummary } from './run-summary.ts';
import { summaryOf } from './summary-of.ts';
import { tellRun } from './told-run.ts';

const PROGRESS_EVERY_MS = 100;
/** Wall time in which all processes must have made their shares of the run. */
const GATHER_MS = 120_000;
const LOOPBACK = { host: '127.0.0.1', port: 0 };

export interface LiveRunOptions {
  config: Config;
  runDir: string;
  /** What `edgemlsim` is here: a program and its first arguments. */
  program: readonly [string, ...string[]];
  /** Null: this process starts them all, on this machine. */
  deployment?: Deployment;
}

/** One run of the live world: this process simulates; its children, or agents', are the nodes. */
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
    // Nothing is computed here: no items are needed.
    const composition = await compose(config, []);
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
      run: tellRun(config, composition),
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
    const { config, deployment } = this.#options;
    const { settings, engine } = this.#composition;
    const simulator = this.#simulator;
    const places = placeNodes(settings, config.live.workerHosts);
    const desk = new AgentDesk({
      places,
      rules: placementRules(config),
      agents: deployment?.agents ?? 0,
      wallUs: () => performance.now() * 1000,
      accept: (connection) => simulator.accept(connection),
      onShared: (shares) => {
        for (const line of sharesText(shares, places)) deployment?.onShared(line);
      },
      onFailure: (error) => simulator.fail(error),
    });
    const { leftOut } = engine;
    this.#journal.recordHost({
      type: 'started',
      threads: places.length,
      engine: engine.name,
      ...(Object.keys(leftOut).length > 0 && { leftOut }),
      node: process.version,
    });
    const address = await this.#listen(desk);
    const commands =
      deployment?.open(address, this.#options.runDir) ??
      places.map(({ host }) => this.#processCommand(host, address));
    let areReady = false;
    for (const { command, input } of commands) {
      this.#agents.start(command, input, (how) => {
        if (areReady) return;
        const said = this.#agents.said;
        simulator.fail(new RunError(`a process of the run ended (${how}): ${said}`));
      });
    }
    const allowedMs = GATHER_MS + 1000 * (deployment?.waitS ?? 0);
    const timeout = setTimeout(() => {
      const missing = desk.isShared ? '' : `, ${desk.offers} of ${deployment?.agents} agents came`;
      const found = `not all processes were ready after ${allowedMs / 1000} s${missing}`;
      simulator.fail(new RunError(found));
    }, allowedMs);
    try {
      await simulator.gathered();
      areReady = true;
    } finally {
      clearTimeout(timeout);
    }
  }

  async #listen(desk: AgentDesk): Promise<Address> {
    const { config, deployment } = this.#options;
    const limits = vectorLimits(this.#composition.settings.dimension);
    const { listen = LOOPBACK, credentials } = deployment ?? {};
    this.#listener = await transports[config.live.transport].listen(
      endpoint(listen, limits, credentials),
      (connection) => desk.receive(connection),
    );
    return this.#listener.address;
  }

  /** One of the processes, as this one starts them. */
  #processCommand(place: number, { host, port }: Address): AgentCommand {
    const { config, program } = this.#options;
    const args = ['agent', '--place', String(place), '--join', `${host}:${port}`];
    const { transport } = config.live;
    return { command: [...program, ...args, '--transport', transport, '--with-stdin'], input: '' };
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
      this.#options.deployment?.close();
      this.#sink.close();
    } finally {
      this.#folder.release();
    }
  }
}

function placementRules({ live }: Config): PlacementRules {
  const { cloud, servers, workers } = live.placement;
  return {
    ...(cloud && { cloud }),
    ...(servers && { server: servers }),
    ...(workers && { workers }),
  };
}

/** One line an agent. */
function sharesText(
  shares: readonly (Machine & { places: number[] })[],
  places: readonly HostPlace[],
): string[] {
  return shares.map(({ name, cores, places: own }) => {
    const what = own.map((place) => placeText(places[place]!)).join(', ');
    return `${name} (cores: ${cores}): ${what === '' ? 'nothing' : what}`;
  });
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
