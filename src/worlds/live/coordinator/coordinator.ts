import { InputError, RunError } from '../../../errors.ts';
import type { EndReason, SimulatedEvent } from '../../../journal/events.ts';
import type { JournalWriter } from '../../../journal/writer.ts';
import type { MobilityEvent } from '../../../mobility/contacts.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import { BadFrame } from '../../../transport/bad-frame.ts';
import type { Connection } from '../../../transport/connection.ts';
import type { Frame } from '../../../transport/frame.ts';
import { needMessage, readJsonBody, readMessage } from '../../../transport/message.ts';
import { outOfReach } from '../../out-of-reach.ts';
import { runStarted } from '../../run-started.ts';
import type { WorldSettings } from '../../world-settings.ts';
import {
  bulkMessageSchema,
  type FailureMessage,
  hasSchema,
  hostMessageSchema,
} from '../protocol/control-message.ts';
import { type Deferred, deferred } from '../protocol/deferred.ts';
import type { LiveClock, WallClock } from '../protocol/live-clock.ts';
import { LiveQueue } from '../protocol/live-queue.ts';
import type { Address, HostPlace } from '../protocol/placement.ts';
import { BatchSource } from './batch-source.ts';
import { ClockHolds } from './clock-holds.ts';
import { CloudModelStore } from './cloud-model-store.ts';
import type { CoordinatorState } from './coordinator-state.ts';
import { HostChecks } from './host-checks.ts';
import { JournalRecorder, type Progress } from './journal-recorder.ts';
import { type FailureEvent, LiveFailures } from './live-failures.ts';
import { MobilityBroadcaster, type MovementEvent } from './mobility-broadcaster.ts';
import { ProcessAdmission } from './process-admission.ts';
import { type Host, ProcessTable } from './process-table.ts';
import { Unanswered } from './unanswered.ts';

/** Repetitions of the trace in a row that may bring the cloud nothing. */
const IDLE_REPETITIONS = 10;
const WATCH_MS = 200;
const MOST_HELD_BYTES = 2 ** 26;
/** How many others one process may say have sent it what does not fit. */
const MOST_ACCUSATIONS = 3;
/** Wall time in which all have to say what there is to say when the run is over. */
const END_US = 60_000_000;
export interface CoordinatorParts {
  settings: WorldSettings;
  mobility: (repetition: number) => readonly MobilityEvent[] | null;
  journal: JournalWriter;
  clock: LiveClock;
  wallUs: WallClock;
  speed: number;
  /** What every host makes its share of the run from. */
  run: unknown;
  places: readonly HostPlace[];
  /** A host that says nothing for so long is lost. */
  patienceS: number;
  /** A host that owes an answer for so long is lost. */
  answerS: number;
  /** Bytes of events that may wait in the journal for the facts of an earlier one. */
  mostHeldBytes?: number;
  /** When a host is gone and nothing is learnt for so long, the run ends. */
  returnS: number;
  /** Rounds of the cloud from one checkpoint to the next. */
  checkpointRounds: number;
  /** What it goes on from; null for a run that begins. */
  state: CoordinatorState | null;
  /** The untrained model. */
  theta: Float32Array;
  /** Facts of an evaluation came in. */
  onMeasured: (facts: Record<string, unknown>) => void;
  /** It is time for a checkpoint, and nothing happens anywhere. */
  onCheckpoint: (state: CoordinatorState) => void;
  /** Another process is wanted at a place; whether the last one had got ready, or none was lost. */
  onLost: (place: number, wasReady: boolean) => void;
}

/** What the world has come to. */
export interface LiveOutcome {
  reason: EndReason;
  theta: Float32Array;
  version: number;
}

type CoordinatorEvent =
  | MovementEvent
  | FailureEvent
  | { type: 'time-over'; reason: 'time' | 'trace' }
  | { type: 'mark'; reached: () => void };

/**
 * The live world's coordinator: plays the trace against the clock, tells the hosts what concerns
 * them, deals out the data, and alone writes the journal, from what the hosts report.
 */
export class Coordinator {
  readonly #parts: CoordinatorParts;
  readonly #processes: ProcessTable;
  readonly #holds: ClockHolds;
  readonly #admission: ProcessAdmission;
  readonly #queue: LiveQueue<CoordinatorEvent>;
  readonly #recorder: JournalRecorder;
  readonly #movements: MobilityBroadcaster;
  readonly #failures: LiveFailures;
  readonly #batches: BatchSource;
  readonly #cloud: CloudModelStore;
  readonly #checks: HostChecks;
  readonly #unanswered: Unanswered;
  /** Who wants to know when a round is over. */
  readonly #roundMarks: { round: number; reached: () => void }[] = [];
  readonly #outcome: Deferred<LiveOutcome> = deferred();
  readonly #gathered: Deferred<void> = deferred();
  readonly #watch: NodeJS.Timeout;
  #isPlaying = false;
  #isPaused = false;
  #pauseWaiters: (() => void)[] = [];
  #ended: { reason: EndReason; wallUs: number } | null = null;
  #isClosed = false;
  #idleRepetitions: number;
  #gradientsBefore: number;
  /** Wall time of the last round's end. */
  #advancedUs = 0;
  #checkpointedRound: number;

  constructor(parts: CoordinatorParts) {
    this.#parts = parts;
    const { settings, journal, clock, wallUs, mobility, speed, places, state, theta } = parts;
    const { run, patienceS, onMeasured, onLost } = parts;
    this.#processes = new ProcessTable(places, state?.generations);
    this.#holds = new ClockHolds({
      clock,
      announce: (change, reading) => this.#processes.broadcast({ type: 'clock', change, reading }),
      areHeld: (change) =>
        this.#processes.present.every(
          ({ address, heldAt }) => address === null || heldAt >= change,
        ),
    });
    this.#admission = new ProcessAdmission({
      processes: this.#processes,
      journal,
      wallUs,
      run,
      patienceS,
      isOpen: () => this.#ended === null,
      receive: (host, frame) => this.#guard(() => this.#receive(host, frame)),
      receiveBulk: (host, frame) => this.#guard(() => this.#receiveBulk(host, frame)),
      onGone: (host, why) => this.#guard(() => this.#lose(host, why)),
      onSettled: (lost) => this.#recorder.lose(lost),
      onWanted: onLost,
    });
    this.#queue = new LiveQueue(clock, (event, timeUs) =>
      this.#guard(() => this.#handle(event, timeUs)),
    );
    this.#recorder = new JournalRecorder(
      {
        settings,
        journal,
        places: places.length,
        nowUs: () => this.nowUs,
        onMeasured,
        onRoundEnded: (round) => this.#roundEnded(round),
        onStarted: (gradients) => this.#tellStarted(gradients),
      },
      state?.recorder,
    );
    this.#movements = new MobilityBroadcaster(
      {
        settings,
        mobility,
        speed,
        processes: this.#processes,
        nowUs: () => this.nowUs,
        schedule: (timeUs, event) => this.#queue.schedule(timeUs, event),
        record: (event, timeUs) => this.#recorder.record(event, timeUs),
      },
      state?.movements,
    );
    this.#failures = new LiveFailures(
      {
        settings,
        canFail: (node) =>
          this.#processes.isThere(node) &&
          (this.#processes.isServer(node) || this.#movements.isOnMap(node)),
        schedule: (timeUs, event) => this.#queue.schedule(timeUs, event),
        tell: (node, message) => this.#tellFailure(node, message),
      },
      state?.failures,
    );
    this.#batches = new BatchSource(settings, state?.batches ?? null);
    this.#cloud = new CloudModelStore(theta, state?.cloud ?? null);
    this.#unanswered = new Unanswered(wallUs());
    this.#checks = new HostChecks({
      settings,
      processes: this.#processes,
      recorder: this.#recorder,
    });
    this.#idleRepetitions = state?.idleRepetitions ?? 0;
    this.#gradientsBefore = state?.gradientsBefore ?? 0;
    this.#checkpointedRound = this.#recorder.progress.rounds;
    this.#watch = setInterval(() => this.#guard(() => this.#watchHosts()), WATCH_MS);
    // Who waits is told; nobody need wait.
    this.#gathered.promise.catch(() => {});
    this.#outcome.promise.catch(() => {});
  }

  get nowUs(): TimeUs {
    return this.#parts.clock.nowUs;
  }

  get progress(): Progress & { inRange: number } {
    return { ...this.#recorder.progress, inRange: this.#movements.inRange };
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The processes, for those who watch. */
  get hosts(): ProcessTable['status'] {
    return this.#processes.status;
  }

  /** Resolves when every host is ready. */
  gathered(): Promise<void> {
    return this.#gathered.promise;
  }

  /** A process offers itself as a host. */
  accept(connection: Connection): void {
    this.#admission.accept(connection);
  }

  /** What came on a connection, and was no process's, did not fit. */
  refuse(remote: string, why: string): void {
    if (!this.#isClosed) this.#admission.refuse(remote, why);
  }

  /** Lets the world run to its end. */
  play(): Promise<LiveOutcome> {
    this.#guard(() => {
      const { settings, state, wallUs } = this.#parts;
      const { latestEnd } = settings;
      this.#isPlaying = true;
      this.#advancedUs = wallUs();
      if (state === null) this.#begin();
      else this.#goOn(state);
      if (latestEnd !== null) {
        const { timeUs, reason } = latestEnd;
        this.#queue.schedule(timeUs, { type: 'time-over', reason });
      }
      // A short trace may be played to its end at once.
      const { isEmpty } = this.#movements;
      this.#movements.lookAhead();
      if (isEmpty) this.end('stalled');
      else void this.#holds.release();
    });
    return this.#outcome.promise;
  }

  /** The clock stands still; resolves when nothing happens anywhere any more. */
  async pause(): Promise<void> {
    if (this.#isPaused || this.#ended !== null) return;
    this.#isPaused = true;
    await this.#holds.hold();
    if (this.#ended === null) this.#parts.journal.recordHost({ type: 'paused' });
  }

  async resume(): Promise<void> {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#ended === null) this.#parts.journal.recordHost({ type: 'continued' });
    for (const resolve of this.#pauseWaiters.splice(0)) resolve();
    await this.#holds.release();
  }

  /** Calls back when simulation time is there. */
  at(timeUs: TimeUs, reached: () => void): void {
    this.#queue.schedule(timeUs, { type: 'mark', reached });
  }

  /** Ends the world where another run can go on, and then like any other. */
  async stop(): Promise<void> {
    await this.#checkpoint();
    this.end('stopped');
  }

  /** Calls back when the cloud's round is over; at once when it is. */
  atRound(round: number, reached: () => void): void {
    if (this.#recorder.progress.rounds >= round) reached();
    else this.#roundMarks.push({ round, reached });
  }

  /** Ends the world: the hosts say what there is to say, and the journal is closed. */
  end(reason: EndReason): void {
    if (this.#ended !== null) return;
    this.#ended = { reason, wallUs: this.#parts.wallUs() };
    this.#holds.end();
    this.#queue.close();
    this.#processes.broadcast({ type: 'end', reason });
    this.#endIfAllHave();
  }

  /** The world cannot go on. */
  fail(error: Error): void {
    this.#ended ??= { reason: 'stalled', wallUs: this.#parts.wallUs() };
    this.#gathered.reject(error);
    this.#outcome.reject(error);
    this.close();
  }

  /** Lets the hosts go. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#watch);
    this.#queue.close();
    this.#processes.broadcast({ type: 'exit' });
    for (const { connection, bulk } of this.#processes.present) {
      connection.close();
      bulk?.close();
    }
  }

  /** What it does may fail where nobody waits for it: a disk that is full fails the run. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      // What a process says and cannot be ends its connection: it is lost, and the run goes on.
      if (error instanceof BadFrame) throw error;
      this.fail(error as Error);
    }
  }

  #begin(): void {
    this.#recorder.record(runStarted(this.#parts.settings));
    this.#failures.start();
    this.#movements.begin();
  }

  /** The processes of before are gone with the coordinator of before; these are others. */
  #goOn({ nowUs }: CoordinatorState): void {
    this.#movements.goOn(nowUs);
    this.#recorder.resume();
    for (const { role, nodes } of this.#processes.places) {
      for (const node of nodes) {
        if (role !== 'workers') this.#recordLink(node);
        // One that was about to say so itself.
        if (this.#failures.down.has(node)) this.#recordCrash(node);
      }
    }
    this.#failures.goOn();
    for (const host of this.#processes.present) this.#welcomeBack(host, true);
  }

  #ready(host: Host, address: Address): void {
    const { clock } = this.#parts;
    host.address = address;
    host.heldAt = -1;
    this.#admission.ready(host);
    const isBack = this.#isPlaying;
    if (isBack || this.#processes.areAllReady) {
      this.#processes.broadcast({ type: 'peers', addresses: this.#processes.addresses });
    }
    if (isBack) this.#welcomeBack(host);
    const { changes: change } = this.#holds;
    this.#processes.tell(host, { type: 'clock', change, reading: clock.reading });
    if (this.#processes.areAllReady) this.#gathered.resolve();
  }

  /** A process in the place of one that was lost gets what it needs to go on. */
  #welcomeBack(host: Host, isResumed = false): void {
    const { role, nodes } = host.place;
    const { down, cut } = this.#failures;
    const rounds = nodes.map((node) => this.#recorder.roundOf(node));
    this.#processes.tell(host, { type: 'background', down: [...down], cut: [...cut], rounds });
    if (role === 'cloud') {
      this.#cloud.restore(host, this.#recorder.newest, this.#recorder.isDown(nodes[0]!));
    }
    this.#movements.inform(host);
    for (const node of nodes) {
      // What has crashed by the config recovers by the config; the cloud, when it is restored.
      if (role === 'cloud' || down.has(node)) continue;
      const hasCrashed = this.#recorder.isDown(node);
      const isDown = hasCrashed || (isResumed && role === 'server');
      if (isDown) this.#processes.tell(host, { type: 'recover', node, hasCrashed });
    }
  }

  #receive(host: Host, { header, body }: Frame): void {
    if (this.#isClosed || host.isLost) return;
    const { wallUs } = this.#parts;
    const message = readMessage(hostMessageSchema, header);
    host.silence.heard();
    const checks = this.#checks;
    switch (message.type) {
      case 'ping': {
        const { hostWallUs } = message;
        this.#processes.tell(host, { type: 'pong', hostWallUs, wallUs: wallUs() });
        return;
      }
      case 'ready':
        needMessage(host.address === null, 'it is ready once more');
        this.#ready(host, message.address);
        return;
      case 'failed':
        this.fail(
          message.isInput
            ? new InputError({ found: message.message })
            : new RunError(message.message),
        );
        return;
      case 'report':
        checks.report(host, message.items);
        // What has happened by now comes first.
        this.#queue.runDue();
        for (const item of message.items) {
          this.#recorder.take(host, item, (event) => this.#completed(event));
        }
        this.#boundHeldBack();
        return;
      case 'batch-wanted':
        checks.batchWanted(host, message.owner);
        host.batches += 1;
        this.#giveBatch(host, message.owner, message.value).catch((error) => this.fail(error));
        return;
      case 'hold':
        checks.hold(host);
        host.holds += 1;
        host.held += 1;
        void this.#holds.hold();
        return;
      case 'release':
        checks.release(host);
        host.holds -= 1;
        void this.#holds.release();
        return;
      case 'held':
        needMessage(message.change <= this.#holds.changes, 'a change of the clock to come');
        host.heldAt = message.change;
        this.#holds.check();
        return;
      case 'finish':
        checks.finish(host);
        this.end(message.reason);
        return;
      case 'has': {
        const has = readJsonBody(hasSchema, body);
        checks.has(host, has);
        this.#recorder.see(has.newest);
        this.#admission.heard(host, has);
        return;
      }
      case 'bad-peer':
        this.#accuse(host, message);
        return;
      case 'ended':
        needMessage(this.#ended !== null, 'it has ended before the run');
        host.hasEnded = true;
        this.#recorder.addComputed(message.computed);
        this.#endIfAllHave();
    }
  }

  /** A process has been sent what does not fit: who sent it is lost. */
  #accuse(
    host: Host,
    { host: place, generation, why }: { host: number; generation: number; why: string },
  ) {
    host.accusations += 1;
    needMessage(host.accusations <= MOST_ACCUSATIONS, 'it says of too many others that they do');
    const accused = this.#processes.at(place);
    if (accused === null || accused === host || accused.generation !== generation) return;
    this.#cutOff(accused, `it has sent process ${host.place.host} ${why}`);
  }

  /** The cloud's model, on its process's second connection. */
  #receiveBulk(host: Host, { header, body }: Frame): void {
    if (this.#isClosed || host.isLost) return;
    const message = readMessage(bulkMessageSchema, header);
    host.silence.heard();
    const isModel = message.type === 'checkpoint';
    const vector = this.#checks.checkpoint(body, isModel ? message.memory.version : 0);
    if (!isModel) {
      this.#cloud.takeOptimiser(vector);
      return;
    }
    this.#cloud.take(message.memory, vector);
    this.#processes.tell(host, { type: 'kept' });
  }

  /** Who waits does not know whom it waits for in vain. */
  #completed(event: SimulatedEvent): SimulatedEvent {
    if (event.type !== 'waiting') return event;
    const { cut } = this.#failures;
    const isDown = (id: string) => this.#recorder.isDown(id);
    return { ...event, ...outOfReach(event, isDown, (id) => cut.has(id)) };
  }

  /** The cloud is told of the counts at which it measures, an epoch begins or the run ends. */
  #tellStarted(gradients: number): void {
    const { cloud, servers } = this.#parts.settings;
    const { counted, evaluateEveryGradients, gradientsPerEpoch, gradientsAtEnd } = cloud;
    const isMark = [evaluateEveryGradients, gradientsPerEpoch].some((n) => gradients % n === 0);
    if (counted !== 'started' || (!isMark && gradients < gradientsAtEnd)) return;
    const { id } = servers.find(({ parent }) => parent === null)!;
    const message = { type: 'started', gradients } as const;
    if (this.#processes.isThere(id)) this.#processes.tell(this.#processes.hostOf(id), message);
  }

  #roundEnded(ended: number): void {
    for (const { round, reached } of this.#roundMarks) if (round === ended) reached();
    this.#advancedUs = this.#parts.wallUs();
    if (ended - this.#checkpointedRound < this.#parts.checkpointRounds) return;
    this.#checkpointedRound = ended;
    this.#checkpoint().catch((error) => this.fail(error));
  }

  async #checkpoint(): Promise<void> {
    if (this.#ended !== null) return;
    await this.#holds.hold();
    if (this.#ended === null) this.#parts.onCheckpoint(this.#save());
    await this.#holds.release();
  }

  #save(): CoordinatorState {
    const nowUs = Math.max(this.nowUs, this.#recorder.lastUs);
    return {
      nowUs,
      // None of these will be there.
      generations: this.#processes.generations.map((generation) => generation + 1),
      cloud: this.#cloud.last,
      recorder: this.#recorder.save(),
      movements: this.#movements.save(nowUs),
      failures: this.#failures.save(this.#queue.waiting),
      batches: this.#batches.save(),
      idleRepetitions: this.#idleRepetitions,
      gradientsBefore: this.#gradientsBefore,
    };
  }

  #handle(event: CoordinatorEvent, timeUs: TimeUs): void {
    switch (event.type) {
      case 'movement':
        this.#movements.happens(event.movement, timeUs);
        return;
      case 'turn':
        this.#movements.happens(event, timeUs);
        return;
      case 'failure':
      case 'recovery':
        this.#failures.handle(event, timeUs);
        return;
      case 'repetition-over':
        this.#repetitionOver();
        return;
      case 'look-ahead':
        this.#movements.lookAhead();
        return;
      case 'time-over':
        this.#recorder.passTo(timeUs);
        this.end(event.reason);
        return;
      case 'mark':
        event.reached();
    }
  }

  /** The node's process is told, and records it; in its absence the link is as the config says. */
  #tellFailure(node: string, message: FailureMessage): void {
    if (this.#processes.isThere(node)) this.#processes.tell(this.#processes.hostOf(node), message);
    else if (this.#processes.isServer(node)) this.#recordLink(node);
  }

  /** Whether the link to the server above is cut, if the server's process has not said so. */
  #recordLink(server: string): void {
    const isCut = this.#failures.cut.has(server);
    if (isCut === this.#recorder.isCut(server)) return;
    const { parent } = this.#parts.settings.servers.find(({ id }) => id === server)!;
    this.#recorder.record({ type: isCut ? 'cut' : 'restored', server, parent: parent! });
  }

  #repetitionOver(): void {
    const { gradients } = this.#recorder.progress;
    if (gradients > this.#gradientsBefore) this.#idleRepetitions = 0;
    else if (!this.#isWaiting) this.#idleRepetitions += 1;
    this.#gradientsBefore = gradients;
    if (this.#idleRepetitions >= IDLE_REPETITIONS) this.end('stalled');
  }

  /** Whether someone who is missing may still come back: until then nobody is stuck for good. */
  get #isWaiting(): boolean {
    return this.#failures.awaitsRecovery || !this.#processes.areAllReady;
  }

  /** An owner's next items. Shuffling them anew takes no simulation time. */
  async #giveBatch(host: Host, owner: string, value: number): Promise<void> {
    const { cloud } = this.#parts.settings;
    const isUsedUp = this.#batches.isUsedUp(owner);
    if (isUsedUp) {
      await this.#holds.hold();
      // Another pause, the user's, lasts longer.
      await this.#unpaused();
    }
    if (this.#ended !== null) return;
    const { items, reshuffles } = this.#batches.next(owner);
    if (reshuffles > 0) {
      this.#recorder.record({ type: 'data-reshuffled', owner, times: reshuffles });
    }
    host.batches -= 1;
    const { started, progress } = this.#recorder;
    const counted = cloud.counted === 'started' ? started : progress.gradients;
    const epoch = Math.floor(counted / cloud.gradientsPerEpoch);
    this.#processes.tell(host, { type: 'batch', value, epoch }, new Uint8Array(items.buffer));
    if (isUsedUp) await this.#holds.release();
  }

  #unpaused(): Promise<void> {
    if (!this.#isPaused) return Promise.resolve();
    return new Promise((resolve) => {
      this.#pauseWaiters.push(resolve);
    });
  }

  #watchHosts(): void {
    const { wallUs, returnS } = this.#parts;
    const nowUs = wallUs();
    if (this.#ended !== null) {
      if (nowUs - this.#ended.wallUs < END_US) return;
      for (const { hasEnded, connection } of this.#processes.present)
        if (!hasEnded) connection.destroy();
      return;
    }
    this.#admission.watch();
    this.#watchAnswers(nowUs);
    if (!this.#isPlaying || this.#isPaused || this.#processes.areAllReady) {
      this.#advancedUs = nowUs;
    } else if (nowUs - this.#advancedUs > returnS * 1e6) {
      this.end('lost');
    }
  }

  /** Who owes for too long what the whole run waits for is lost. */
  #watchAnswers(nowUs: number): void {
    const { answerS, clock } = this.#parts;
    const { changes } = this.#holds;
    const ready = this.#processes.present.filter(({ address }) => address !== null);
    const owedBy = (host: Host) => [
      ...(host.holds > 0 ? [`the release of hold ${host.held}`] : []),
      ...[...host.late.keys()].slice(0, 1).map((key) => `facts of its event ${key}`),
      ...(clock.isRunning || host.heldAt >= changes ? [] : [`the word that it stands still`]),
      ...this.#admission.unheardOf(host).map((place) => `what it knows of process ${place}`),
    ];
    for (const { host, what } of this.#unanswered.look(nowUs, ready, owedBy, answerS * 1e6)) {
      this.#cutOff(host, `${what} did not come for ${answerS} s (live.answerS)`);
    }
  }

  /** What waits in the journal for one process's facts is bounded. */
  #boundHeldBack(): void {
    const { mostHeldBytes = MOST_HELD_BYTES } = this.#parts;
    const heldBack = this.#recorder.heldBack;
    if (heldBack === null || heldBack.bytes <= mostHeldBytes) return;
    const host = this.#processes.at(heldBack.place);
    if (host !== null)
      this.#cutOff(host, `${heldBack.bytes} bytes of the journal wait for its facts`);
  }

  #cutOff(host: Host, why: string): void {
    this.#lose(host, why);
    host.connection.destroy();
  }

  #lose(host: Host, why: string): void {
    if (host.isLost || this.#isClosed) return;
    const { place } = host;
    const wasReady = host.address !== null;
    if (!this.#isPlaying) {
      this.#admission.drop(host, why);
      this.#admission.wantAnother(place.host, wasReady);
      return;
    }
    this.#admission.lose(host, why);
    if (wasReady) this.#recordGone(place);
    this.#recorder.giveUpFacts(host);
    this.#admission.unheard(host);
    this.#holds.check();
    for (; host.holds > 0; host.holds -= 1) void this.#holds.release();
    this.#endIfAllHave();
    if (this.#ended === null) this.#admission.wantAnother(place.host, wasReady);
  }

  #recordGone({ role, nodes }: HostPlace): void {
    for (const node of nodes) {
      if (role === 'workers') this.#movements.takeAway(node);
      else this.#recordLink(node);
      // Of a worker that was about to say so itself.
      if (role !== 'workers' || this.#failures.down.has(node)) this.#recordCrash(node);
    }
  }

  #recordCrash(node: string): void {
    if (!this.#recorder.isDown(node))
      this.#recorder.record({ type: 'crashed', node, state: 'lost' });
  }

  #endIfAllHave(): void {
    if (this.#ended === null || this.#isClosed) return;
    if (!this.#processes.present.every(({ hasEnded }) => hasEnded)) return;
    const { reason } = this.#ended;
    this.#recorder.close(reason);
    this.#outcome.resolve({ reason, ...this.#cloud.model });
    this.close();
  }
}
