import { stringify } from 'yaml';
import { z } from 'zod';
import { type Composition, compose, type OnStep } from '../compose/compose.ts';
import { provenanceOf } from '../compose/provenance.ts';
import { runOrigin } from '../compose/run-origin.ts';
import type { Config } from '../config/config-schema.ts';
import { RunError } from '../errors.ts';
import { JOURNAL_FORMAT, type Quantity } from '../journal/events.ts';
import { FileSink } from '../journal/file-sink.ts';
import { JournalWriter, journalStart } from '../journal/writer.ts';
import { encodeParameters } from '../learning/parameter-file.ts';
import { AgentDispatcher } from '../processes/agent-dispatcher.ts';
import { collectGarbage } from '../processes/collect-garbage.ts';
import { type Credentials, credentialsLine, ownCredentials } from '../processes/credentials.ts';
import { type AgentCommand, type Deployment, onStdin } from '../processes/deployment.ts';
import { endpoint, transports, vectorLimits } from '../processes/live-endpoints.ts';
import { LocalAgents } from '../processes/local-agents.ts';
import { ProcessStarts } from '../processes/process-starts.ts';
import { encodeManifest } from '../processes/run-manifest.ts';
import { runsUsersCode } from '../processes/runs-users-code.ts';
import type { Listener } from '../transport/transport.ts';
import { Coordinator, type LiveOutcome } from '../worlds/live/coordinator/coordinator.ts';
import type { CoordinatorState } from '../worlds/live/coordinator/coordinator-state.ts';
import type { Machine, PlacementRules } from '../worlds/live/protocol/assign-processes.ts';
import { LiveClock } from '../worlds/live/protocol/live-clock.ts';
import {
  type Address,
  type HostPlace,
  placeNodes,
  placeText,
} from '../worlds/live/protocol/placement.ts';
import type { CheckpointHead } from './checkpoint-file.ts';
import { goBack, type Resumption, writeCheckpoint } from './checkpoints.ts';
import { refuseFinished } from './finished-run.ts';
import { composeAgain, inFolder, inNewFolder } from './open-run.ts';
import type { RunOptions } from './run.ts';
import { RunFolder } from './run-folder.ts';
import type { Mark, Progress, RunSummary } from './run-summary.ts';
import { summaryOf } from './summary-of.ts';

const PROGRESS_EVERY_MS = 100;
/** Wall time in which all processes must have made their shares of the run. */
const GATHER_MS = 120_000;
/** Wall time that a run with code of the user's has to stop; that code may never return. */
const STOP_MS = 10_000;
const LOOPBACK = { host: '127.0.0.1', port: 0 };

export interface LiveRunOptions {
  config: Config;
  runDir: string;
  /** What `edgemlsim` is here: a program and its first arguments. */
  program: readonly [string, ...string[]];
  /** Null: this process starts them all, on this machine. */
  deployment?: Deployment;
  onStep?: OnStep;
}

/** What a live run goes on from: plain data. */
export interface LiveCheckpoint extends CheckpointHead {
  coordinator: CoordinatorState;
}

/** As far as it takes to tell a checkpoint from something else; the digest covers every byte. */
const checkpointShape = z.looseObject({
  coordinator: z.looseObject({
    nowUs: z.number(),
    generations: z.array(z.number()),
    cloud: z.looseObject({}).nullable(),
    recorder: z.looseObject({ ledger: z.looseObject({}), progress: z.looseObject({}) }),
    movements: z.looseObject({}),
    failures: z.looseObject({}),
    batches: z.instanceof(Map),
  }),
});

/** One run of the live world: this process simulates; its children, or agents', are the nodes. */
export class LiveRun {
  readonly leavesCheckpoint = true;
  /** What the user should know about where it goes on, one line each. */
  readonly notices: readonly string[];
  readonly #id: string;
  readonly #options: LiveRunOptions;
  readonly #credentials: Credentials;
  readonly #composition: Composition;
  readonly #folder: RunFolder;
  readonly #sink: FileSink;
  readonly #journal: JournalWriter;
  readonly #coordinator: Coordinator;
  readonly #places: readonly HostPlace[];
  readonly #admission: AgentDispatcher;
  readonly #wallTimeS: () => number;
  readonly #agents: LocalAgents;
  readonly #measured: { accuracy: number | null; loss: Quantity | null };
  #listener: Listener | null = null;
  #stopped: 'signal' | 'until' | null = null;
  #areReady = false;
  #hasGivenUp = false;
  #givingUp: NodeJS.Timeout | undefined;
  readonly #starts: ProcessStarts;
  /** Of a deployment: commands that have not ended. */
  #commands = 0;
  #isPlaying = false;

  /** Makes the run folder. Throws InputError when that holds something already. */
  static async start(options: LiveRunOptions): Promise<LiveRun> {
    const { config, runDir } = options;
    // Nothing is computed here: no items are needed.
    const composition = await compose(config, [], options.onStep);
    return inNewFolder(runDir, async (folder) => {
      const resolvedConfig = stringify(config);
      const provenance = provenanceOf(config, resolvedConfig, composition);
      const origin = runOrigin();
      folder.writeProvenance({ ...origin, ...provenance });
      folder.write('config.resolved.yaml', resolvedConfig);
      const from = { checkpoint: null, start: journalStart(), notices: [] };
      return new LiveRun(options, composition, folder, origin.id, from);
    });
  }

  /**
   * Goes back to the newest checkpoint, or to the beginning when there is none. Throws InputError
   * for what is no live run, is over, is damaged, or whose inputs have changed.
   */
  static async resume(options: Omit<LiveRunOptions, 'config'>): Promise<LiveRun> {
    return inFolder(RunFolder.open(options.runDir), async (folder) => {
      refuseFinished(folder.dir);
      const { id, config, composition } = await composeAgain(folder, options.onStep);
      const from = await goBack<LiveCheckpoint>(folder, id, checkpointShape);
      return new LiveRun({ ...options, config }, composition, folder, id, from);
    });
  }

  private constructor(
    options: LiveRunOptions,
    composition: Composition,
    folder: RunFolder,
    id: string,
    { checkpoint, start, notices }: Resumption<LiveCheckpoint>,
  ) {
    const { config, runDir } = options;
    const { settings, mobility, theta, engine } = composition;
    collectGarbage();
    this.notices = notices;
    this.#id = id;
    this.#options = options;
    this.#credentials = options.deployment?.credentials ?? ownCredentials();
    this.#composition = composition;
    this.#folder = folder;
    folder.writeStatus({ status: 'running' });
    this.#agents = new LocalAgents(runDir);
    this.#sink = new FileSink(folder.journalFile, start);
    const wallUs = () => performance.now() * 1000;
    const startedUs = wallUs() - start.wallTimeS * 1e6;
    this.#wallTimeS = () => Math.round(wallUs() - startedUs) / 1e6;
    this.#journal = new JournalWriter(this.#sink, start, this.#wallTimeS);
    const { speed, workerHosts, patienceS, answerS, returnS } = config.live;
    const places = placeNodes(settings, workerHosts);
    const { leftOut } = engine;
    const host = {
      threads: places.length,
      engine: engine.name,
      ...(Object.keys(leftOut).length > 0 && { leftOut }),
      node: process.version,
    };
    this.#journal.recordHost(
      start.nextHostEvent === 0
        ? { type: 'started', format: JOURNAL_FORMAT, ...host }
        : { type: 'resumed', fromEvent: start.nextEvent, ...host },
    );
    const clock = new LiveClock(wallUs, speed);
    const simUs = checkpoint?.coordinator.nowUs ?? 0;
    clock.set({ isRunning: false, simUs, wallUs: wallUs() });
    const measured: { accuracy: number | null; loss: Quantity | null } = {
      accuracy: null,
      loss: null,
    };
    this.#measured = measured;
    const coordinator = new Coordinator({
      settings,
      mobility,
      journal: this.#journal,
      clock,
      wallUs,
      speed,
      run: encodeManifest(config, composition),
      places,
      patienceS,
      answerS,
      returnS,
      checkpointRounds: config.checkpoints.everyRounds,
      state: checkpoint?.coordinator ?? null,
      theta,
      onMeasured: (facts) => {
        const { accuracy = null, loss = null } = facts as Partial<typeof measured>;
        Object.assign(measured, { accuracy, loss });
      },
      onCheckpoint: (state) => this.#writeCheckpoint(state),
      onLost: (place, wasReady) => this.#starts.gone(place, !wasReady),
    });
    this.#coordinator = coordinator;
    this.#places = places;
    this.#starts = new ProcessStarts({
      start: (place) => {
        if (options.deployment === undefined) this.#startProcess(place);
        else this.#admission.startAgain(place);
      },
      onGivenUp: (place, starts) => {
        // Of a run that is under way another one is asked for later.
        if (this.#areReady) return;
        coordinator.fail(new RunError(this.#startFailureText(place, starts)));
      },
    });
    const { deployment } = options;
    this.#admission = new AgentDispatcher({
      places,
      rules: placementRules(config),
      agents: deployment?.agents ?? 0,
      wallUs,
      patienceS,
      accept: (connection) => coordinator.accept(connection),
      onShared: (shares) => {
        for (const line of sharesText(shares, places)) deployment?.onShared(line);
      },
      onFailure: (error) => coordinator.fail(error),
      onRefused: (remote, why) => coordinator.refuse(remote, why),
    });
  }

  /** Runs to the end or until `stop`, and closes the run. */
  async run(options: RunOptions = {}): Promise<RunSummary> {
    const { until, pauseAt, onPaused, onProgress } = options;
    const coordinator = this.#coordinator;
    let progress: NodeJS.Timeout | undefined;
    try {
      await this.#gather();
      progress = setInterval(() => this.#tellProgress(onProgress), PROGRESS_EVERY_MS);
      if (until) this.#at(until, () => this.stop('until'));
      if (pauseAt) {
        this.#at(pauseAt, async () => {
          await coordinator.pause();
          await onPaused?.();
          await coordinator.resume();
        });
      }
      const playing = coordinator.play();
      this.#isPlaying = true;
      if (this.#stopped) this.stop(this.#stopped);
      const outcome = await playing;
      this.#writeModel(outcome);
      this.#journal.recordHost(
        this.#stopped ? { type: 'stopped', reason: this.#stopped } : { type: 'finished' },
      );
      this.#sink.sync();
      if (outcome.reason === 'lost') throw new RunError(this.#lossText);
      return await this.#summary(this.#stopped === null);
    } catch (error) {
      if (this.#hasGivenUp) return await this.#summary(false);
      this.#folder.writeFailure(error as Error);
      throw error;
    } finally {
      clearInterval(progress);
      await this.#close();
    }
  }

  async #summary(isDone: boolean): Promise<RunSummary> {
    const summary = await summaryOf(this.#folder, this.#options.config, isDone);
    this.#folder.writeStatus({ status: summary.status, summary });
    return summary;
  }

  /** Whether it has stopped at its last checkpoint, for code of the user's that did not return. */
  get hasGivenUp(): boolean {
    return this.#hasGivenUp;
  }

  /** This process is about to end, whatever the run does. */
  interrupt(): void {
    this.#folder.writeInterruption();
  }

  /** Ends a run that was not run, as failed. */
  async abandon(error: Error): Promise<void> {
    this.#folder.writeFailure(error);
    await this.#close();
  }

  /** Simulation time, in microseconds. */
  get nowUs(): number {
    return this.#coordinator.nowUs;
  }

  /** What runs where. */
  get processes(): readonly object[] {
    return this.#coordinator.hosts;
  }

  /** The clock stands still everywhere when this resolves. */
  async pause(): Promise<void> {
    await this.#coordinator.pause();
    this.#sink.flush();
  }

  resume(): Promise<void> {
    return this.#coordinator.resume();
  }

  /**
   * Ends the run where it is, with a checkpoint: as soon as all processes are there. One that still
   * waits for agents, which may take long, has nothing to keep and fails.
   */
  stop(reason: 'signal' | 'until' = 'signal'): void {
    this.#stopped ??= reason;
    if (!this.#admission.isShared) {
      this.#coordinator.fail(new RunError('it was stopped before all agents had come'));
    }
    if (!this.#isPlaying) return;
    this.#coordinator.stop().catch((error) => this.#coordinator.fail(error));
    if (reason !== 'signal' || !runsUsersCode(this.#composition.threads)) return;
    this.#givingUp ??= setTimeout(() => {
      this.#hasGivenUp = true;
      this.#coordinator.fail(new RunError('code of your own has not returned'));
    }, STOP_MS);
  }

  #at(mark: Mark, reached: () => void): void {
    if ('round' in mark) this.#coordinator.atRound(mark.round, reached);
    else this.#coordinator.at(mark.timeUs, reached);
  }

  /** Starts the processes; resolves when all are ready. */
  async #gather(): Promise<void> {
    const { deployment, runDir, onStep } = this.#options;
    const coordinator = this.#coordinator;
    onStep?.(
      deployment === undefined
        ? `starting ${coordinator.hosts.length} processes`
        : `waiting for ${deployment.agents} agents`,
    );
    const admission = this.#admission;
    const address = await this.#listen(admission);
    if (deployment === undefined) {
      for (const { host } of coordinator.hosts) this.#startProcess(host);
    } else {
      const commands = deployment.open(address, runDir);
      this.#commands = commands.length;
      for (const [index, command] of commands.entries()) {
        this.#agents.start(index, command, (how) => this.#commandEnded(how));
      }
    }
    const { agents, waitS } = deployment ?? { agents: 0, waitS: 0 };
    const coming = setTimeout(() => {
      if (admission.isShared) return;
      coordinator.fail(new RunError(`${admission.offers} of ${agents} agents came in ${waitS} s`));
    }, 1000 * waitS);
    const allowedMs = GATHER_MS + 1000 * waitS;
    const timeout = setTimeout(() => {
      const waited = `after ${allowedMs / 1000} s`;
      coordinator.fail(
        new RunError(`${this.#missing} was not ready ${waited}: ${this.#agents.said()}`),
      );
    }, allowedMs);
    try {
      await coordinator.gathered();
      this.#areReady = true;
    } finally {
      clearTimeout(coming);
      clearTimeout(timeout);
    }
  }

  async #listen(admission: AgentDispatcher): Promise<Address> {
    const { config, deployment } = this.#options;
    const limits = vectorLimits(this.#composition.settings.dimension);
    const { listen = LOOPBACK } = deployment ?? {};
    this.#listener = await transports[config.live.transport].listen(
      endpoint(listen, limits, this.#credentials),
      (connection) => admission.receive(connection),
    );
    return this.#listener.address;
  }

  /** One of the processes, as this one starts them. */
  #startProcess(place: number): void {
    const { config, program } = this.#options;
    const coordinator = this.#coordinator;
    const { host, port } = this.#listener!.address;
    const { transport, patienceS } = config.live;
    const args = ['agent', '--place', String(place), '--join', `${host}:${port}`];
    const more = ['--transport', transport, '--patience', String(patienceS)];
    const command: AgentCommand['command'] = [...program, ...args, ...more, ...onStdin];
    this.#agents.start(place, { command, input: credentialsLine(this.#credentials) }, () => {
      // Where it had joined, its connection tells.
      if (coordinator.hosts[place]!.isLost) this.#starts.gone(place, true);
    });
  }

  /** What was to start agents has ended by itself. */
  #commandEnded(how: string): void {
    this.#commands -= 1;
    // Other agents may run what the agents of this one had.
    if (this.#areReady || (this.#admission.isShared && this.#commands > 0)) return;
    const said = this.#agents.said();
    this.#coordinator.fail(new RunError(`a process of the run ended (${how}): ${said}`));
  }

  #startFailureText(place: number, starts: number): string {
    const what = `the process of ${placeText(this.#places[place]!)} did not start`;
    const how = this.#agents.lastEnd(place);
    const said = this.#agents.said(place);
    const last = how === undefined ? '' : `, the last with ${how}`;
    return `${what}: it ended ${starts} times before it was ready${last}${said && `: ${said}`}`;
  }

  /** For people: the processes that are not there. */
  get #missing(): string {
    const gone = this.#coordinator.hosts.filter(({ isReady }) => !isReady);
    return `the process of ${gone.map(({ host }) => placeText(this.#places[host]!)).join('; ')}`;
  }

  get #lossText(): string {
    const { returnS } = this.#options.config.live;
    return `${this.#missing} was gone, and no round ended for ${returnS} s (live.returnS)`;
  }

  #writeCheckpoint(state: CoordinatorState): void {
    this.#sink.sync();
    const event = this.#journal.nextEvent;
    const nextHostEvent = this.#journal.nextHostEvent;
    const { bytes: length, sha256 } = this.#sink;
    const journal = { bytes: length, sha256, nextEvent: event, nextHostEvent };
    const checkpoint: LiveCheckpoint = {
      run: this.#id,
      coordinator: state,
      journal,
      wallTimeS: this.#wallTimeS(),
    };
    const { keep } = this.#options.config.checkpoints;
    const { file, bytes } = writeCheckpoint(this.#folder, checkpoint, keep);
    this.#journal.recordHost({ type: 'checkpoint', event, file, bytes });
  }

  /** To those who follow the journal, too. */
  #tellProgress(onProgress: RunOptions['onProgress']): void {
    try {
      this.#sink.flush();
      onProgress?.(this.#progress());
    } catch (error) {
      this.#coordinator.fail(error as Error);
    }
  }

  #progress(): Progress {
    const { rounds, gradients, inRange } = this.#coordinator.progress;
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
    this.#starts.close();
    clearTimeout(this.#givingUp);
    try {
      this.#coordinator.close();
      this.#admission.close();
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
