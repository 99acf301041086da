import { InputError, RunError } from '../../errors.ts';
import type { EndReason, SimulatedEvent } from '../../journal/events.ts';
import type { JournalWriter } from '../../journal/writer.ts';
import type { MobilityEvent } from '../../mobility/contacts.ts';
import type { TimeUs } from '../../simulation/time.ts';
import type { Connection } from '../../transport/connection.ts';
import type { Frame } from '../../transport/frame.ts';
import { outOfReach } from '../out-of-reach.ts';
import type { WorldSettings } from '../world-settings.ts';
import { BatchDesk } from './batch-desk.ts';
import { ClockHolds } from './clock-holds.ts';
import { afterwards, type CloudCheckpoint } from './cloud-checkpoint.ts';
import {
  type Has,
  type HostMessage,
  type HostSetup,
  LIVE_PROTOCOL,
  type Movement,
  type ReportItem,
  say,
  type Turn,
} from './control-message.ts';
import { type Deferred, deferred } from './deferred.ts';
import { ForetoldLiars } from './foretold-liars.ts';
import { Ledger } from './ledger.ts';
import type { LiveClock, WallClock } from './live-clock.ts';
import { type FailureEvent, LiveFailures } from './live-failures.ts';
import { LiveQueue } from './live-queue.ts';
import { Losses } from './losses.ts';
import type { Address, HostPlace } from './placement.ts';
import { type Host, Roster } from './roster.ts';
import { Silence } from './silence.ts';
import type { Progress, SimulatorState } from './simulator-state.ts';
import { TracePlayer, type TraceStep } from './trace-player.ts';
import { Whereabouts } from './whereabouts.ts';

/** Repetitions of the trace in a row that may bring the cloud nothing. */
const IDLE_REPETITIONS = 10;
/** Wall time that the hosts know movements ahead. */
const AHEAD_US = 1_000_000;
const WATCH_MS = 200;
/** Wall time after which another process is asked for once more. */
const ASK_AGAIN_US = 60_000_000;
/** Wall time in which all have to say what there is to say when the run is over. */
const END_US = 60_000_000;
/** A frame's header is small. */
const MOVEMENTS_A_FRAME = 100;

export interface SimulatorParts {
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
  /** When a host is gone and nothing is learnt for so long, the run ends. */
  returnS: number;
  /** Rounds of the cloud from one checkpoint to the next. */
  checkpointRounds: number;
  /** What it goes on from; null for a run that begins. */
  state: SimulatorState | null;
  /** The untrained model. */
  theta: Float32Array;
  /** Facts of an evaluation came in. */
  onMeasured: (facts: Record<string, unknown>) => void;
  /** It is time for a checkpoint, and nothing happens anywhere. */
  onCheckpoint: (state: SimulatorState) => void;
  /** The process of a place is gone: another one would be welcome. */
  onLost: (place: number) => void;
}

/** What the world has come to. */
export interface LiveOutcome {
  reason: EndReason;
  theta: Float32Array;
  version: number;
}

type SimulatorEvent =
  | TraceStep
  | FailureEvent
  | Turn
  | { type: 'look-ahead' }
  | { type: 'time-over' }
  | { type: 'mark'; reached: () => void };

/**
 * The live world's coordinator: plays the trace against the clock, tells the hosts what concerns
 * them, deals out the data, and alone writes the journal, from what the hosts report.
 */
export class Simulator {
  readonly #parts: SimulatorParts;
  readonly #roster: Roster;
  readonly #holds: ClockHolds;
  readonly #losses = new Losses();
  /** Processes of a place whose predecessor is still asked about. */
  readonly #newcomers: { place: number; join: () => void }[] = [];
  readonly #queue: LiveQueue<SimulatorEvent>;
  readonly #player: TracePlayer;
  readonly #ledger: Ledger;
  readonly #failures: LiveFailures;
  readonly #liars: ForetoldLiars;
  /** Nodes that lie now, or may be drawn to. */
  readonly #lying = new Set<string>();
  /** Nodes whose lies the journal tells of. */
  readonly #faulty: Set<string>;
  readonly #batches: BatchDesk;
  /** As the trace says. */
  readonly #trace = new Whereabouts();
  /** As the journal says: without those whose process is gone. */
  readonly #shown: Whereabouts;
  /** What the hosts were told and has not happened. */
  readonly #upcoming: (Movement | Turn)[] = [];
  /** Who wants to know when a round is over. */
  readonly #roundMarks: { round: number; reached: () => void }[] = [];
  readonly #outcome: Deferred<LiveOutcome> = deferred();
  readonly #gathered: Deferred<void> = deferred();
  readonly #watch: NodeJS.Timeout;
  readonly #evaluations = new Set<number>();
  #isPlaying = false;
  #isPaused = false;
  #pauseWaiters: (() => void)[] = [];
  #lastUs: TimeUs = 0;
  #ended: { reason: EndReason; wallUs: number } | null = null;
  #isClosed = false;
  #cloud: CloudCheckpoint | null;
  /** Of the next checkpoint of the cloud. */
  #optimiser: Float32Array | null = null;
  readonly #newest: { version: number; round: number };
  readonly #rounds: Map<string, number>;
  /** Servers whose process is gone, and the cloud if its is. */
  readonly #gone: Set<string>;
  #computed: number;
  #idleRepetitions: number;
  #gradientsBefore: number;
  readonly #progress: Progress;
  /** By place without a process: when one was asked for last. */
  readonly #askedUs = new Map<number, number>();
  /** Wall time of the last round's end. */
  #advancedUs = 0;
  #checkpointedRound: number;

  constructor(parts: SimulatorParts) {
    this.#parts = parts;
    const { settings, clock, mobility, places, state } = parts;
    this.#roster = new Roster(places, state?.lives);
    this.#holds = new ClockHolds({
      clock,
      announce: (change, reading) => this.#roster.broadcast({ type: 'clock', change, reading }),
      areHeld: (change) =>
        this.#roster.present.every(({ address, heldAt }) => address === null || heldAt >= change),
    });
    this.#queue = new LiveQueue(clock, (event, timeUs) =>
      this.#guard(() => this.#handle(event, timeUs)),
    );
    this.#player = new TracePlayer(mobility);
    this.#ledger = new Ledger(settings.servers, state?.ledger);
    this.#liars = new ForetoldLiars(settings);
    this.#faulty = new Set(state?.faulty);
    this.#failures = new LiveFailures(
      {
        settings,
        canFail: (node) =>
          this.#isThere(node) && (this.#isServer(node) || this.#shown.isOnMap(node)),
        schedule: (timeUs, event) => this.#queue.schedule(timeUs, event),
        tell: (node, message) => this.#roster.tell(this.#hostOf(node), message),
      },
      state?.failures,
    );
    this.#batches = new BatchDesk(settings, state?.batches ?? null);
    this.#shown = new Whereabouts(state?.positions);
    this.#cloud = state?.cloud ?? null;
    this.#newest = { ...(state?.newest ?? { version: 0, round: 0 }) };
    this.#rounds = new Map(state?.rounds);
    this.#gone = new Set(state?.gone);
    this.#computed = state?.computed ?? 0;
    this.#idleRepetitions = state?.idleRepetitions ?? 0;
    this.#gradientsBefore = state?.gradientsBefore ?? 0;
    this.#progress = { ...(state?.progress ?? { rounds: 0, updates: 0, gradients: 0 }) };
    this.#checkpointedRound = this.#progress.rounds;
    this.#watch = setInterval(() => this.#guard(() => this.#watchHosts()), WATCH_MS);
    // Who waits is told; nobody need wait.
    this.#gathered.promise.catch(() => {});
    this.#outcome.promise.catch(() => {});
  }

  get nowUs(): TimeUs {
    return this.#parts.clock.nowUs;
  }

  get progress(): Progress & { inRange: number } {
    return { ...this.#progress, inRange: this.#shown.inRange };
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The processes, for those who watch. */
  get hosts(): Roster['status'] {
    return this.#roster.status;
  }

  /** Resolves when every host is ready. */
  gathered(): Promise<void> {
    return this.#gathered.promise;
  }

  /** A process offers itself as a host. */
  accept(connection: Connection): void {
    connection.onFrame = ({ header }) => {
      const hello = header as unknown as HostMessage;
      if (hello.type === 'hello') this.#join(connection, hello);
      else if (hello.type === 'bulk') this.#attach(connection, hello);
      else connection.destroy();
    };
    connection.onClose = () => {};
  }

  /** Lets the world run to its end. */
  play(): Promise<LiveOutcome> {
    this.#guard(() => {
      const { settings, state, wallUs } = this.#parts;
      const { maximumTimeUs } = settings;
      this.#isPlaying = true;
      this.#advancedUs = wallUs();
      if (state === null) this.#begin();
      else this.#goOn(state);
      if (maximumTimeUs !== null) this.#queue.schedule(maximumTimeUs, { type: 'time-over' });
      // A short trace may be played to its end at once.
      const { isEmpty } = this.#player;
      this.#lookAhead();
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
    if (this.#progress.rounds >= round) reached();
    else this.#roundMarks.push({ round, reached });
  }

  /** Ends the world: the hosts say what there is to say, and the journal is closed. */
  end(reason: EndReason): void {
    if (this.#ended !== null) return;
    this.#ended = { reason, wallUs: this.#parts.wallUs() };
    this.#holds.end();
    this.#queue.close();
    this.#roster.broadcast({ type: 'end', reason });
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
    this.#roster.broadcast({ type: 'exit' });
    for (const { connection, bulk } of this.#roster.present) {
      connection.close();
      bulk?.close();
    }
  }

  /** What it does may fail where nobody waits for it: a disk that is full fails the run. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(error as Error);
    }
  }

  #begin(): void {
    const { name, seed, workers, servers, parameters, faulty } = this.#parts.settings;
    this.#record({
      type: 'run-started',
      name,
      seed,
      workers: workers.length,
      servers: servers.map(({ id, parent, layer }) => ({ id, parent, layer })),
      parameters: [...parameters],
      faulty,
    });
    this.#failures.start();
    this.#tellMovements(this.#foretold(this.#liars.begin()));
  }

  /** The processes of before are gone with the simulator of before; these are others. */
  #goOn({ nowUs }: SimulatorState): void {
    const turns = this.#liars.begin();
    for (const step of this.#player.upTo(nowUs)) {
      if (step.type !== 'movement') continue;
      this.#trace.move(step.movement);
      turns.push(...this.#liars.before(step.timeUs), ...this.#liars.move(step.movement));
    }
    turns.push(...this.#liars.before(nowUs + 1));
    // What came of it in the end.
    const last = new Map(turns.map((turn) => [turn.node, turn]));
    for (const node of this.#faulty) if (!last.get(node)?.lies) this.#turnHonest(node);
    for (const turn of last.values()) this.#turn(turn, nowUs);
    const { places } = this.#roster;
    for (const place of places) this.#recordGone(place);
    const none = { gradients: new Set<number>(), results: new Set<number>() };
    const nodes = new Set(places.flatMap((place) => place.nodes));
    for (const event of this.#ledger.lose({ nodes, elsewhere: none, sentThere: none })) {
      this.#record(event);
    }
    this.#failures.goOn();
    for (const host of this.#roster.present) this.#welcomeBack(host);
  }

  #join(connection: Connection, hello: HostMessage & { type: 'hello' }): void {
    const refuse = (reason: string) => {
      say(connection, { type: 'refused', reason });
      connection.close();
    };
    const { protocol, pid, place: number } = hello;
    if (protocol !== LIVE_PROTOCOL) {
      refuse(`this run speaks protocol ${LIVE_PROTOCOL}, not ${protocol}`);
      return;
    }
    const { wallUs, run, patienceS } = this.#parts;
    const place = this.#roster.places[number];
    if (place === undefined || this.#ended !== null || this.#roster.at(number) !== null) {
      refuse('this run has all the processes that it needs');
      return;
    }
    if (this.#losses.isOpen(number)) {
      const join = () => this.#join(connection, hello);
      // Pings, which nobody need answer yet.
      connection.onFrame = () => {};
      this.#newcomers.push({ place: number, join });
      return;
    }
    const host = this.#roster.join(place, connection, pid, new Silence(wallUs));
    connection.onFrame = (frame) => this.#guard(() => this.#receive(host, frame));
    connection.onClose = ({ kind, detail }) =>
      this.#guard(() => this.#lose(host, kind === 'handler-failed' ? detail : kind));
    const { places, lives } = this.#roster;
    const setup: HostSetup = { run, places: [...places], lives: [...lives], patienceS };
    const body = new TextEncoder().encode(JSON.stringify(setup));
    this.#roster.tell(host, { type: 'setup', self: place.host }, body);
  }

  /** The second connection of a process. */
  #attach(connection: Connection, { place, life }: HostMessage & { type: 'bulk' }): void {
    const host = this.#roster.at(place);
    if (host === null || host.life !== life) {
      connection.destroy();
      return;
    }
    host.bulk = connection;
    connection.onFrame = (frame) => this.#guard(() => this.#receive(host, frame));
    connection.onClose = () => host.connection.destroy();
    say(connection, { type: 'kept' });
  }

  #ready(host: Host, address: Address): void {
    const { journal, clock } = this.#parts;
    const { place, life, pid, connection } = host;
    const { role, nodes } = place;
    host.address = address;
    this.#askedUs.delete(place.host);
    host.heldAt = -1;
    const { remote } = connection;
    journal.recordHost({
      type: 'process-started',
      place: place.host,
      life,
      role,
      nodes,
      pid,
      remote,
    });
    const isBack = this.#isPlaying;
    if (isBack || this.#roster.areAllReady) {
      this.#roster.broadcast({ type: 'peers', addresses: this.#roster.addresses });
    }
    if (isBack) this.#welcomeBack(host);
    const { changes: change } = this.#holds;
    this.#roster.tell(host, { type: 'clock', change, reading: clock.reading });
    if (this.#roster.areAllReady) this.#gathered.resolve();
  }

  /** A process in the place of one that was lost gets what it needs to go on. */
  #welcomeBack(host: Host): void {
    const { role, nodes } = host.place;
    const { down, cut } = this.#failures;
    const timeUs = this.nowUs;
    const rounds = nodes.map((node) => this.#rounds.get(node) ?? 0);
    this.#roster.tell(host, { type: 'background', down: [...down], cut: [...cut], rounds });
    if (role === 'cloud') this.#restoreCloud(host);
    if (role === 'server') {
      const { workers } = this.#parts.settings;
      const near = workers.flatMap((worker) => this.#shown.arrival(worker, timeUs));
      this.#tellMovements(near, host);
    }
    const lying = nodes.filter((node) => this.#lying.has(node));
    const turns = lying.map((node): Turn => {
      return { timeUs, type: 'turn', node, lies: true, told: null };
    });
    this.#tellMovements([...turns, ...this.#upcoming], host);
    if (role === 'workers') this.#bringBack(host, timeUs);
    for (const node of role === 'workers' ? [] : nodes) {
      this.#gone.delete(node);
      // What has crashed by the config recovers by the config; the cloud, when it is restored.
      if (role === 'server' && !down.has(node)) this.#roster.tell(host, { type: 'recover', node });
    }
  }

  /** Its workers are on the map again, where the trace has them now. */
  #bringBack(host: Host, timeUs: TimeUs): void {
    const { nodes } = host.place;
    const arrivals = nodes.flatMap((worker) => this.#trace.arrival(worker, timeUs));
    this.#tellMovements(arrivals);
    for (const movement of arrivals) this.#show(movement, timeUs);
    // Of what lies ahead of them their servers have not heard.
    const own = new Set(nodes);
    const ahead = this.#upcoming.filter(
      (each): each is Movement => each.type !== 'turn' && own.has(each.worker),
    );
    this.#tellMovements(this.#foretold(this.#liars.comeBack([...arrivals, ...ahead], timeUs)));
    for (const other of this.#roster.present) {
      if (other !== host) this.#tellMovements(ahead, other);
    }
  }

  #restoreCloud(host: Host): void {
    const cloud = this.#cloud ?? {
      memory: { version: 0, rounds: 0, updates: 0, gradients: 0, evaluatedGradients: 0 },
      theta: this.#parts.theta,
      optimiser: null,
    };
    const { optimiser, theta } = cloud;
    const memory = afterwards(cloud.memory, this.#newest);
    if (optimiser !== null) say(host.bulk!, { type: 'restore-optimiser' }, optimiser);
    say(host.bulk!, { type: 'restore-cloud', memory }, theta);
  }

  #receive(host: Host, { header, body }: Frame): void {
    if (this.#isClosed || host.isLost) return;
    const { wallUs } = this.#parts;
    host.silence.heard();
    const message = header as unknown as HostMessage;
    switch (message.type) {
      case 'ping': {
        const { hostWallUs } = message;
        this.#roster.tell(host, { type: 'pong', hostWallUs, wallUs: wallUs() });
        return;
      }
      case 'ready':
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
        // What has happened by now comes first.
        this.#queue.runDue();
        for (const item of message.items) this.#take(host, item);
        return;
      case 'batch-wanted':
        this.#giveBatch(host, message.owner, message.value).catch((error) => this.fail(error));
        return;
      case 'hold':
        host.holds += 1;
        void this.#holds.hold();
        return;
      case 'release':
        host.holds -= 1;
        void this.#holds.release();
        return;
      case 'held':
        host.heldAt = message.change;
        this.#holds.check();
        return;
      case 'finish':
        this.end(message.reason);
        return;
      case 'optimiser-memory':
        this.#optimiser = (body as Float32Array).slice();
        return;
      case 'checkpoint': {
        const theta = (body as Float32Array).slice();
        this.#cloud = { memory: message.memory, theta, optimiser: this.#optimiser };
        this.#optimiser = null;
        this.#roster.tell(host, { type: 'kept' });
        return;
      }
      case 'has': {
        const has = JSON.parse(new TextDecoder().decode(body as Uint8Array)) as Has;
        this.#see(has.newest);
        this.#losses.heard(host.place.host, has);
        this.#settleLosses();
        return;
      }
      case 'ended':
        host.hasEnded = true;
        this.#computed += message.computed;
        this.#endIfAllHave();
    }
  }

  #take(host: Host, item: ReportItem): void {
    const { journal, onMeasured } = this.#parts;
    const keyOf = (late: number) => host.place.host + this.#roster.places.length * late;
    if (item.type === 'settle') {
      const key = keyOf(item.late);
      host.late.delete(key);
      if (this.#evaluations.delete(key)) onMeasured(item.facts);
      journal.settle(key, item.facts);
      return;
    }
    const { late } = item;
    const event = this.#completed(item.event);
    const key = late === null ? undefined : keyOf(late);
    if (key !== undefined) host.late.add(key);
    if (event.type === 'evaluated' && key !== undefined) this.#evaluations.add(key);
    for (const each of this.#ledger.enter(event)) {
      this.#record(each, each === event ? key : undefined);
    }
  }

  /** Who waits does not know whom it waits for in vain. */
  #completed(event: SimulatedEvent): SimulatedEvent {
    if (event.type !== 'waiting') return event;
    const { down, cut } = this.#failures;
    const isDown = (id: string) => down.has(id) || this.#gone.has(id);
    return { ...event, ...outOfReach(event, isDown, (id) => cut.has(id)) };
  }

  #record(event: SimulatedEvent, late?: number, timeUs = this.nowUs): void {
    this.#lastUs = Math.max(this.#lastUs, timeUs);
    this.#parts.journal.record(this.#lastUs, event, late);
    if (event.type === 'round-opened') {
      const known = this.#rounds.get(event.server) ?? 0;
      this.#rounds.set(event.server, Math.max(known, event.round));
      if (this.#isCloud(event.server)) this.#see(event);
    } else if (event.type === 'round-ended') {
      this.#progress.rounds = event.round;
      for (const { round, reached } of this.#roundMarks) if (round === event.round) reached();
      this.#advancedUs = this.#parts.wallUs();
      if (event.round - this.#checkpointedRound >= this.#parts.checkpointRounds) {
        this.#checkpointedRound = event.round;
        this.#checkpoint().catch((error) => this.fail(error));
      }
    } else if (event.type === 'updated') {
      this.#progress.updates += 1;
      this.#progress.gradients = event.gradients;
      this.#see(event);
    }
  }

  /** Someone has seen the cloud as far as that. */
  #see({ version, round }: { version: number; round: number }): void {
    this.#newest.version = Math.max(this.#newest.version, version);
    this.#newest.round = Math.max(this.#newest.round, round);
  }

  #isCloud(server: string): boolean {
    return this.#roster.places[this.#roster.placeOf(server)]!.role === 'cloud';
  }

  async #checkpoint(): Promise<void> {
    if (this.#ended !== null) return;
    await this.#holds.hold();
    if (this.#ended === null) this.#parts.onCheckpoint(this.#save());
    await this.#holds.release();
  }

  #save(): SimulatorState {
    return {
      nowUs: Math.max(this.nowUs, this.#lastUs),
      // None of these will be there.
      lives: this.#roster.lives.map((life) => life + 1),
      cloud: this.#cloud,
      newest: { ...this.#newest },
      rounds: new Map(this.#rounds),
      gone: new Set(this.#gone),
      failures: this.#failures.save(this.#queue.waiting),
      faulty: new Set(this.#faulty),
      batches: this.#batches.save(),
      ledger: this.#ledger.save(),
      positions: this.#shown.save(),
      progress: { ...this.#progress },
      computed: this.#computed,
      idleRepetitions: this.#idleRepetitions,
      gradientsBefore: this.#gradientsBefore,
    };
  }

  #handle(event: SimulatorEvent, timeUs: TimeUs): void {
    switch (event.type) {
      case 'movement':
        this.#happened(event.movement);
        this.#trace.move(event.movement);
        if (this.#isThere(event.movement.worker)) this.#show(event.movement, timeUs);
        return;
      case 'turn':
        this.#happened(event);
        this.#turn(event, timeUs);
        return;
      case 'failure':
      case 'recovery':
        this.#failures.handle(event, timeUs);
        return;
      case 'repetition-over':
        this.#repetitionOver(event.isLast);
        return;
      case 'look-ahead':
        this.#lookAhead();
        return;
      case 'time-over':
        this.#lastUs = Math.max(this.#lastUs, timeUs);
        this.end('time');
        return;
      case 'mark':
        event.reached();
    }
  }

  /** Tells the hosts what will happen before they can be told again. */
  #lookAhead(): void {
    const { speed } = this.#parts;
    const aheadUs = Math.ceil(AHEAD_US * speed);
    const untilUs = this.nowUs + aheadUs;
    const foretold: (Movement | Turn)[] = [];
    for (const step of this.#player.upTo(untilUs)) {
      foretold.push(...this.#foretold(this.#liars.before(step.timeUs)));
      this.#queue.schedule(step.timeUs, step);
      if (step.type !== 'movement') continue;
      const { movement } = step;
      // Who is gone with its process moves no more.
      if (this.#isThere(movement.worker)) {
        // What it makes of a worker holds for what the worker does about it.
        foretold.push(...this.#foretold(this.#liars.move(movement)), movement);
      }
      this.#upcoming.push(movement);
    }
    this.#tellMovements([...foretold, ...this.#foretold(this.#liars.before(untilUs + 1))]);
    this.#queue.schedule(this.nowUs + Math.ceil(aheadUs / 4), { type: 'look-ahead' });
  }

  #foretold(turns: readonly Turn[]): readonly Turn[] {
    for (const turn of turns) this.#queue.schedule(turn.timeUs, turn);
    this.#upcoming.push(...turns);
    return turns;
  }

  #happened(movement: Movement | Turn): void {
    this.#upcoming.splice(this.#upcoming.indexOf(movement), 1);
  }

  /** Tells every host, or one of them, what concerns it of these, in order of time. */
  #tellMovements(movements: readonly (Movement | Turn)[], only?: Host): void {
    const byPlace = new Map<number, (Movement | Turn)[]>();
    for (const movement of movements) {
      for (const place of this.#concernedBy(movement)) {
        const others = byPlace.get(place);
        if (others) others.push(movement);
        else byPlace.set(place, [movement]);
      }
    }
    for (const [place, own] of byPlace) {
      const host = this.#roster.at(place);
      if (only !== undefined && host !== only) continue;
      for (let from = 0; from < own.length; from += MOVEMENTS_A_FRAME) {
        const some = own.slice(from, from + MOVEMENTS_A_FRAME);
        this.#roster.tell(host, { type: 'movements', movements: some });
      }
    }
  }

  #concernedBy(movement: Movement | Turn): Set<number> {
    if (movement.type === 'turn') return new Set([this.#roster.placeOf(movement.node)]);
    const nodes: (string | null)[] = [movement.worker];
    if ('server' in movement) nodes.push(movement.server);
    if (movement.type === 'associate') nodes.push(movement.previous);
    return new Set(nodes.flatMap((node) => (node === null ? [] : [this.#roster.placeOf(node)])));
  }

  #hostOf(node: string): Host | null {
    return this.#roster.at(this.#roster.placeOf(node));
  }

  #isServer(node: string): boolean {
    return this.#roster.places[this.#roster.placeOf(node)]!.role !== 'workers';
  }

  #isThere(node: string): boolean {
    return this.#roster.isReady(this.#roster.placeOf(node));
  }

  /** A movement of a worker whose process is there. */
  #show(movement: Movement, timeUs: TimeUs): void {
    this.#shown.move(movement);
    if (movement.type === 'associate') {
      const { worker, server, previous } = movement;
      const handover = previous !== null && server !== null;
      this.#record({ type: 'associate', worker, server, previous, handover }, undefined, timeUs);
      return;
    }
    const { timeUs: _, ...event } = movement;
    this.#record(event, undefined, timeUs);
  }

  #turn(turn: Turn, timeUs: TimeUs): void {
    const { node, lies, told } = turn;
    if (lies) this.#lying.add(node);
    else this.#lying.delete(node);
    // Who is gone with its process turns faulty no more, whatever was foretold.
    if (told === null || this.#faulty.has(node) === lies || (lies && !this.#isThere(node))) return;
    if (lies) this.#faulty.add(node);
    else this.#faulty.delete(node);
    const type = lies ? 'turned-faulty' : 'turned-honest';
    this.#record({ type, node, ...told }, undefined, timeUs);
  }

  #turnHonest(node: string): void {
    const timeUs = this.nowUs;
    this.#turn({ timeUs, type: 'turn', node, lies: false, told: { server: null } }, timeUs);
  }

  #repetitionOver(isLast: boolean): void {
    const { gradients } = this.#progress;
    if (gradients > this.#gradientsBefore) this.#idleRepetitions = 0;
    else if (!this.#isWaiting) this.#idleRepetitions += 1;
    this.#gradientsBefore = gradients;
    if (isLast) this.end('trace');
    else if (this.#idleRepetitions >= IDLE_REPETITIONS) this.end('stalled');
  }

  /** Whether someone who is missing may still come back: until then nobody is stuck for good. */
  get #isWaiting(): boolean {
    return this.#failures.awaitsRecovery || !this.#roster.areAllReady;
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
    if (reshuffles > 0) this.#record({ type: 'data-reshuffled', owner, times: reshuffles });
    const epoch = Math.floor(this.#progress.gradients / cloud.gradientsPerEpoch);
    this.#roster.tell(host, { type: 'batch', value, epoch }, new Uint8Array(items.buffer));
    if (isUsedUp) await this.#holds.release();
  }

  #unpaused(): Promise<void> {
    if (!this.#isPaused) return Promise.resolve();
    return new Promise((resolve) => {
      this.#pauseWaiters.push(resolve);
    });
  }

  #watchHosts(): void {
    const { wallUs, patienceS, returnS } = this.#parts;
    const nowUs = wallUs();
    for (const { silence, connection } of this.#roster.present) {
      if (silence.look() > patienceS) connection.destroy();
    }
    if (this.#ended !== null) {
      if (nowUs - this.#ended.wallUs < END_US) return;
      for (const { hasEnded, connection } of this.#roster.present)
        if (!hasEnded) connection.destroy();
      return;
    }
    for (const [place, askedUs] of this.#askedUs) {
      if (nowUs - askedUs > ASK_AGAIN_US) this.#askForAnother(place);
    }
    if (!this.#isPlaying || this.#isPaused || this.#roster.areAllReady) {
      this.#advancedUs = nowUs;
    } else if (nowUs - this.#advancedUs > returnS * 1e6) {
      this.end('lost');
    }
  }

  #lose(host: Host, why: string): void {
    if (host.isLost || this.#isClosed) return;
    const { journal } = this.#parts;
    const { place, late } = host;
    if (!this.#isPlaying) {
      this.fail(
        new RunError(`the process of ${place.nodes.slice(0, 3).join(', ')} is gone (${why})`),
      );
      return;
    }
    const isReady = host.address !== null;
    this.#roster.lose(host);
    journal.recordHost({ type: 'process-lost', place: place.host, life: host.life, why });
    this.#roster.broadcast({ type: 'lost', host: place.host });
    if (isReady) this.#recordGone(place);
    // Nobody will tell the facts that are missing.
    for (const key of late) {
      this.#evaluations.delete(key);
      journal.settle(key, {});
    }
    const asked = this.#roster.present.filter(({ address }) => address !== null);
    this.#losses.begin(
      place.host,
      place.nodes,
      asked.map((other) => other.place.host),
    );
    this.#losses.gone(place.host);
    this.#settleLosses();
    this.#holds.check();
    for (; host.holds > 0; host.holds -= 1) void this.#holds.release();
    this.#endIfAllHave();
    if (this.#ended === null) this.#askForAnother(place.host);
  }

  #askForAnother(place: number): void {
    const { onLost, wallUs } = this.#parts;
    this.#askedUs.set(place, wallUs());
    onLost(place);
  }

  #recordGone({ role, nodes }: HostPlace): void {
    const timeUs = this.nowUs;
    for (const node of nodes) {
      if (role === 'workers') {
        this.#tellMovements(this.#foretold(this.#liars.lose(node, timeUs)));
        for (const movement of this.#shown.departure(node, timeUs)) this.#show(movement, timeUs);
      } else if (!this.#gone.has(node)) {
        this.#gone.add(node);
        if (this.#failures.down.has(node)) continue;
        this.#record({ type: 'crashed', node, state: 'lost' });
      }
    }
  }

  #settleLosses(): void {
    for (const { place, lost } of this.#losses.takeSettled()) {
      for (const event of this.#ledger.lose(lost)) this.#record(event);
      const waiting = this.#newcomers.findIndex((newcomer) => newcomer.place === place);
      if (waiting >= 0) this.#newcomers.splice(waiting, 1)[0]!.join();
    }
  }

  #endIfAllHave(): void {
    if (this.#ended === null || this.#isClosed) return;
    if (!this.#roster.present.every(({ hasEnded }) => hasEnded)) return;
    const { rounds, updates } = this.#progress;
    for (const event of this.#ledger.close()) this.#record(event);
    const gradients = this.#ledger.started;
    const computed = this.#computed;
    const { reason } = this.#ended;
    this.#record({ type: 'run-ended', reason, rounds, gradients, computed, updates });
    const { memory, theta } = this.#cloud ?? { memory: { version: 0 }, theta: this.#parts.theta };
    this.#outcome.resolve({ reason, theta, version: memory.version });
    this.close();
  }
}
