import { InputError, RunError } from '../../errors.ts';
import type { EndReason, SimulatedEvent } from '../../journal/events.ts';
import type { JournalWriter } from '../../journal/writer.ts';
import { type BatchStream, nextBatch, openBatchStream } from '../../learning/batch-stream.ts';
import type { MobilityEvent } from '../../mobility/contacts.ts';
import type { EntityKind } from '../../mobility/fcd-sink.ts';
import { streamState } from '../../simulation/random.ts';
import type { TimeUs } from '../../simulation/time.ts';
import type { Connection } from '../../transport/connection.ts';
import type { Frame } from '../../transport/frame.ts';
import { outOfReach } from '../out-of-reach.ts';
import type { WorldSettings } from '../world-settings.ts';
import {
  type HostMessage,
  type HostSetup,
  LIVE_PROTOCOL,
  type Movement,
  type ReportItem,
  type SimulatorMessage,
  say,
  type Turn,
} from './control-message.ts';
import { ForetoldLiars } from './foretold-liars.ts';
import { Ledger } from './ledger.ts';
import type { LiveClock, WallClock } from './live-clock.ts';
import { type FailureEvent, LiveFailures } from './live-failures.ts';
import { LiveQueue } from './live-queue.ts';
import type { Address, HostPlace } from './placement.ts';
import { TracePlayer, type TraceStep } from './trace-player.ts';

/** Repetitions of the trace in a row that may bring the cloud nothing. */
const IDLE_REPETITIONS = 10;
/** Wall time that the hosts know movements ahead. */
const AHEAD_US = 1_000_000;
/** A host that says nothing for so long is lost. */
const SILENCE_US = 10_000_000;
const WATCH_MS = 500;
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
  /** Facts of an evaluation came in. */
  onMeasured: (facts: Record<string, unknown>) => void;
}

/** What the world has come to. */
export interface LiveOutcome {
  reason: EndReason;
  theta: Float32Array;
  version: number;
}

interface Host {
  place: HostPlace;
  connection: Connection;
  pid: number;
  heardUs: number;
  /** Once it is ready. */
  address: Address | null;
  isLost: boolean;
  hasEnded: boolean;
  /** The last change of the clock that it has taken note of. */
  heldAt: number;
}

/** A host is gone; others have yet to say which of its gradients they have. */
interface Loss {
  host: number;
  workers: ReadonlySet<string>;
  unheard: Set<number>;
  delivered: Set<number>;
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
  readonly #hosts: Host[] = [];
  readonly #hostOf = new Map<string, number>();
  readonly #queue: LiveQueue<SimulatorEvent>;
  readonly #player: TracePlayer;
  readonly #ledger: Ledger;
  readonly #failures: LiveFailures;
  readonly #liars: ForetoldLiars;
  readonly #batches: Map<string, BatchStream>;
  /** By worker: its contacts and its server, for those that are lost with their host. */
  readonly #where = new Map<string, { server: string | null; contacts: Map<string, number> }>();
  readonly #entities = new Map<string, { entity: string; kind: EntityKind }>();
  /** Nodes whose lies the journal tells of. */
  readonly #faulty = new Set<string>();
  readonly #outcome = deferred<LiveOutcome>();
  readonly #gathered = deferred<void>();
  readonly #watch: NodeJS.Timeout;
  #evaluations = new Map<number, true>();
  #changes = 0;
  /** Reasons to stand still; the first one until the run begins. */
  #holds = 1;
  #heldWaiters: (() => void)[] = [];
  #isPaused = false;
  #pauseWaiters: (() => void)[] = [];
  #lastUs: TimeUs = 0;
  #ended: EndReason | null = null;
  #isClosed = false;
  #theta: { vector: Float32Array; version: number } | null = null;
  #computed = 0;
  #losses: Loss[] = [];
  #idleRepetitions = 0;
  #gradientsBefore = 0;
  readonly #progress = { rounds: 0, updates: 0, gradients: 0, inRange: 0 };

  constructor(parts: SimulatorParts) {
    this.#parts = parts;
    const { settings, clock, mobility } = parts;
    this.#queue = new LiveQueue(clock, (event, timeUs) => this.#handle(event, timeUs));
    this.#player = new TracePlayer(mobility);
    this.#ledger = new Ledger(settings.servers);
    this.#liars = new ForetoldLiars(settings);
    this.#failures = new LiveFailures({
      settings,
      isOnMap: (worker) => this.#entities.has(worker),
      schedule: (timeUs, event) => this.#queue.schedule(timeUs, event),
      tell: (node, message) => this.#tell(this.#hosts[this.#hostOf.get(node)!]!, message),
    });
    this.#batches = new Map(
      [...settings.shares].map(([owner, items]) => [
        owner,
        openBatchStream(items, streamState(settings.seed, `batches/${owner}`)),
      ]),
    );
    this.#watch = setInterval(() => this.#watchHosts(), WATCH_MS);
    // Who waits is told; nobody need wait.
    this.#gathered.promise.catch(() => {});
    this.#outcome.promise.catch(() => {});
  }

  get nowUs(): TimeUs {
    return this.#parts.clock.nowUs;
  }

  get progress(): { rounds: number; updates: number; gradients: number; inRange: number } {
    return { ...this.#progress };
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The processes, for those who watch. */
  get hosts(): { host: number; role: string; nodes: number; pid: number; isLost: boolean }[] {
    return this.#hosts.map(({ place, pid, isLost }) => {
      const { host, role, nodes } = place;
      return { host, role, nodes: nodes.length, pid, isLost };
    });
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
      else connection.destroy();
    };
    connection.onClose = () => {};
  }

  /** Lets the world run to its end. */
  play(): Promise<LiveOutcome> {
    const { settings, journal } = this.#parts;
    const { name, seed, workers, servers, parameters, faulty, maximumTimeUs } = settings;
    journal.record(0, {
      type: 'run-started',
      name,
      seed,
      workers: workers.length,
      servers: servers.map(({ id, parent, layer }) => ({ id, parent, layer })),
      parameters: [...parameters],
      faulty,
    });
    if (maximumTimeUs !== null) this.#queue.schedule(maximumTimeUs, { type: 'time-over' });
    this.#failures.start();
    this.#foretell(this.#scheduled(this.#liars.begin()));
    // A short trace may be played to its end at once.
    const { isEmpty } = this.#player;
    this.#lookAhead();
    if (isEmpty) this.end('stalled');
    else void this.#release();
    return this.#outcome.promise;
  }

  /** The clock stands still; resolves when nothing happens anywhere any more. */
  async pause(): Promise<void> {
    if (this.#isPaused || this.#ended !== null) return;
    this.#isPaused = true;
    await this.#hold();
    this.#parts.journal.recordHost({ type: 'paused' });
  }

  async resume(): Promise<void> {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#parts.journal.recordHost({ type: 'continued' });
    for (const resolve of this.#pauseWaiters.splice(0)) resolve();
    await this.#release();
  }

  /** Calls back when simulation time is there. */
  at(timeUs: TimeUs, reached: () => void): void {
    this.#queue.schedule(timeUs, { type: 'mark', reached });
  }

  /** Ends the world: the hosts say what there is to say, and the journal is closed. */
  end(reason: EndReason): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    this.#parts.clock.hold();
    this.#queue.close();
    this.#announce();
    this.#broadcast({ type: 'end', reason });
    this.#endIfAllHave();
  }

  /** The world cannot go on. */
  fail(error: Error): void {
    this.#ended ??= 'stalled';
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
    this.#broadcast({ type: 'exit' });
    for (const { connection } of this.#hosts) connection.close();
  }

  #join(connection: Connection, { protocol, pid }: HostMessage & { type: 'hello' }): void {
    const refuse = (reason: string) => {
      say(connection, { type: 'refused', reason });
      connection.close();
    };
    if (protocol !== LIVE_PROTOCOL) {
      refuse(`this run speaks protocol ${LIVE_PROTOCOL}, not ${protocol}`);
      return;
    }
    const { places, wallUs, run } = this.#parts;
    const place = places[this.#hosts.length];
    if (place === undefined || this.#isClosed) {
      refuse('this run has all the processes that it needs');
      return;
    }
    const state = { address: null, isLost: false, hasEnded: false, heldAt: 0 };
    const host: Host = { place, connection, pid, heardUs: wallUs(), ...state };
    this.#hosts.push(host);
    for (const node of place.nodes) this.#hostOf.set(node, place.host);
    connection.onFrame = (frame) => this.#receive(host, frame);
    connection.onClose = () => this.#lose(host);
    const setup: HostSetup = { run, places: [...places] };
    const body = new TextEncoder().encode(JSON.stringify(setup));
    this.#tell(host, { type: 'setup', self: place.host }, body);
  }

  #ready(host: Host, address: Address): void {
    host.address = address;
    const addresses = this.#hosts.flatMap((each) => each.address ?? []);
    if (addresses.length < this.#parts.places.length) return;
    this.#broadcast({ type: 'peers', addresses });
    this.#gathered.resolve();
  }

  #receive(host: Host, { header, body }: Frame): void {
    if (this.#isClosed || host.isLost) return;
    const { wallUs } = this.#parts;
    host.heardUs = wallUs();
    const message = header as unknown as HostMessage;
    switch (message.type) {
      case 'ping': {
        const { hostWallUs } = message;
        this.#tell(host, { type: 'pong', hostWallUs, wallUs: wallUs() });
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
        void this.#giveBatch(host, message.owner, message.value);
        return;
      case 'hold':
        void this.#hold();
        return;
      case 'release':
        void this.#release();
        return;
      case 'held':
        host.heldAt = message.change;
        this.#checkHeld();
        return;
      case 'finish':
        this.end(message.reason);
        return;
      case 'has': {
        const losses = this.#losses.filter((loss) => loss.host === message.lost);
        for (const { delivered } of losses) {
          for (const gradient of message.gradients) delivered.add(gradient);
        }
        this.#settleLosses(host.place.host, losses);
        return;
      }
      case 'ended':
        host.hasEnded = true;
        this.#computed += message.computed;
        if (message.version !== null) {
          this.#theta = { vector: body as Float32Array, version: message.version };
        }
        this.#endIfAllHave();
    }
  }

  #take(host: Host, item: ReportItem): void {
    const { journal, onMeasured } = this.#parts;
    const keyOf = (late: number) => host.place.host + this.#hosts.length * late;
    if (item.type === 'settle') {
      const key = keyOf(item.late);
      if (this.#evaluations.delete(key)) onMeasured(item.facts);
      journal.settle(key, item.facts);
      return;
    }
    const { late } = item;
    const event = this.#completed(item.event);
    const key = late === null ? undefined : keyOf(late);
    if (event.type === 'evaluated' && key !== undefined) this.#evaluations.set(key, true);
    for (const each of this.#ledger.enter(event)) {
      this.#record(each, each === event ? key : undefined);
    }
  }

  /** Who waits does not know whom it waits for in vain. */
  #completed(event: SimulatedEvent): SimulatedEvent {
    if (event.type !== 'waiting') return event;
    const { down, cut } = this.#failures;
    return {
      ...event,
      ...outOfReach(
        event,
        (id) => down.has(id),
        (id) => cut.has(id),
      ),
    };
  }

  #record(event: SimulatedEvent, late?: number, timeUs = this.nowUs): void {
    this.#lastUs = Math.max(this.#lastUs, timeUs);
    this.#parts.journal.record(this.#lastUs, event, late);
    if (event.type === 'round-ended') this.#progress.rounds = event.round;
    if (event.type !== 'updated') return;
    this.#progress.updates += 1;
    this.#progress.gradients = event.gradients;
  }

  #handle(event: SimulatorEvent, timeUs: TimeUs): void {
    switch (event.type) {
      case 'movement':
        if (!this.#isGone(event.movement.worker)) this.#applyMovement(event.movement, timeUs);
        return;
      case 'turn':
        this.#recordTurn(event);
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
      foretold.push(...this.#scheduled(this.#liars.before(step.timeUs)));
      this.#queue.schedule(step.timeUs, step);
      if (step.type !== 'movement' || this.#isGone(step.movement.worker)) continue;
      // What it makes of a worker holds for what the worker does about it.
      foretold.push(...this.#scheduled(this.#liars.move(step.movement)), step.movement);
    }
    this.#foretell([...foretold, ...this.#scheduled(this.#liars.before(untilUs + 1))]);
    this.#queue.schedule(this.nowUs + Math.ceil(aheadUs / 4), { type: 'look-ahead' });
  }

  /** Tells the hosts concerned what will happen, in order of time. */
  #foretell(movements: readonly (Movement | Turn)[]): void {
    const byHost = new Map<number, (Movement | Turn)[]>();
    for (const movement of movements) {
      for (const host of this.#concernedBy(movement)) {
        const others = byHost.get(host);
        if (others) others.push(movement);
        else byHost.set(host, [movement]);
      }
    }
    for (const [host, movements] of byHost) {
      for (let from = 0; from < movements.length; from += MOVEMENTS_A_FRAME) {
        const some = movements.slice(from, from + MOVEMENTS_A_FRAME);
        this.#tell(this.#hosts[host]!, { type: 'movements', movements: some });
      }
    }
  }

  #scheduled(turns: readonly Turn[]): readonly Turn[] {
    for (const turn of turns) this.#queue.schedule(turn.timeUs, turn);
    return turns;
  }

  #concernedBy(movement: Movement | Turn): Set<number> {
    if (movement.type === 'turn') return new Set([this.#hostOf.get(movement.node)!]);
    const nodes: (string | null)[] = [movement.worker];
    if ('server' in movement) nodes.push(movement.server);
    if (movement.type === 'associate') nodes.push(movement.previous);
    const hosts = nodes.flatMap((node) => (node === null ? [] : [this.#hostOf.get(node)!]));
    return new Set(hosts);
  }

  #isGone(node: string): boolean {
    return this.#hosts[this.#hostOf.get(node)!]!.isLost;
  }

  #applyMovement(movement: Movement, timeUs: TimeUs): void {
    const { worker } = movement;
    const where = this.#where.get(worker) ?? { server: null, contacts: new Map() };
    this.#where.set(worker, where);
    switch (movement.type) {
      case 'associate': {
        const { server, previous } = movement;
        const handover = previous !== null && server !== null;
        this.#progress.inRange += (server === null ? 0 : 1) - (previous === null ? 0 : 1);
        where.server = server;
        this.#record({ type: 'associate', worker, server, previous, handover }, undefined, timeUs);
        return;
      }
      case 'enter-range':
        where.contacts.set(movement.server, movement.contact);
        break;
      case 'leave-range':
        where.contacts.delete(movement.server);
        break;
      case 'enter-map':
        this.#entities.set(worker, { entity: movement.entity, kind: movement.kind });
        break;
      case 'leave-map':
        this.#entities.delete(worker);
    }
    const { timeUs: _, ...event } = movement;
    this.#record(event, undefined, timeUs);
  }

  #recordTurn({ node, lies, told, timeUs }: Turn): void {
    // Who is gone with its host turns faulty no more, whatever was foretold.
    if (told === null || this.#faulty.has(node) === lies || (lies && this.#isGone(node))) return;
    if (lies) this.#faulty.add(node);
    else this.#faulty.delete(node);
    const type = lies ? 'turned-faulty' : 'turned-honest';
    this.#record({ type, node, ...told }, undefined, timeUs);
  }

  #repetitionOver(isLast: boolean): void {
    const { gradients } = this.#progress;
    if (gradients > this.#gradientsBefore) this.#idleRepetitions = 0;
    else if (!this.#failures.awaitsRecovery) this.#idleRepetitions += 1;
    this.#gradientsBefore = gradients;
    if (isLast) this.end('trace');
    else if (this.#idleRepetitions >= IDLE_REPETITIONS) this.end('stalled');
  }

  /** An owner's next items. Shuffling them anew takes no simulation time. */
  async #giveBatch(host: Host, owner: string, value: number): Promise<void> {
    const { batchSize, worker, cloud } = this.#parts.settings;
    const size = batchSize * worker.localSteps;
    const stream = this.#batches.get(owner)!;
    const isUsedUp = stream.position + size > stream.order.length;
    if (isUsedUp) {
      await this.#hold();
      // Another pause, the user's, lasts longer.
      await this.#unpaused();
    }
    if (this.#ended !== null) return;
    const { items, reshuffles } = nextBatch(stream, size);
    if (reshuffles > 0) this.#record({ type: 'data-reshuffled', owner, times: reshuffles });
    const epoch = Math.floor(this.#progress.gradients / cloud.gradientsPerEpoch);
    this.#tell(host, { type: 'batch', value, epoch }, new Uint8Array(items.buffer));
    if (isUsedUp) await this.#release();
  }

  /** Resolves when nothing happens anywhere any more. */
  async #hold(): Promise<void> {
    this.#holds += 1;
    if (this.#parts.clock.isRunning) {
      this.#parts.clock.hold();
      this.#announce();
    }
    await this.#allHeld();
  }

  #unpaused(): Promise<void> {
    if (!this.#isPaused) return Promise.resolve();
    return new Promise((resolve) => {
      this.#pauseWaiters.push(resolve);
    });
  }

  async #release(): Promise<void> {
    await this.#allHeld();
    this.#holds -= 1;
    if (this.#holds > 0 || this.#ended !== null) return;
    this.#parts.clock.run();
    this.#announce();
  }

  #announce(): void {
    const { clock } = this.#parts;
    this.#changes += 1;
    this.#broadcast({ type: 'clock', change: this.#changes, reading: clock.reading });
  }

  #allHeld(): Promise<void> {
    if (this.#areHeld) return Promise.resolve();
    return new Promise((resolve) => {
      this.#heldWaiters.push(resolve);
    });
  }

  get #areHeld(): boolean {
    return this.#hosts.every(({ isLost, heldAt }) => isLost || heldAt >= this.#changes);
  }

  #checkHeld(): void {
    if (this.#areHeld) for (const resolve of this.#heldWaiters.splice(0)) resolve();
  }

  #watchHosts(): void {
    const nowUs = this.#parts.wallUs();
    for (const host of this.#hosts) {
      if (nowUs - host.heardUs > SILENCE_US) host.connection.destroy();
    }
  }

  #lose(host: Host): void {
    if (host.isLost || this.#isClosed) return;
    host.isLost = true;
    const { role, nodes } = host.place;
    if (role !== 'workers' || host.address === null) {
      this.fail(new RunError(`the process of ${nodes.slice(0, 3).join(', ')} is gone`));
      return;
    }
    const { host: lost } = host.place;
    const others = this.#hosts.filter(({ isLost }) => !isLost);
    const unheard = new Set(others.map(({ place }) => place.host));
    this.#losses.push({ host: lost, workers: new Set(nodes), unheard, delivered: new Set() });
    this.#broadcast({ type: 'lost', host: lost });
    for (const worker of nodes) this.#takeOffMap(worker);
    this.#settleLosses(lost);
    this.#checkHeld();
    this.#endIfAllHave();
  }

  /** A host has said what it has, or never will. */
  #settleLosses(heard: number, of: readonly Loss[] = this.#losses): void {
    for (const { unheard } of of) unheard.delete(heard);
    const settled = this.#losses.filter(({ unheard }) => unheard.size === 0);
    this.#losses = this.#losses.filter(({ unheard }) => unheard.size > 0);
    for (const { workers, delivered } of settled) {
      for (const event of this.#ledger.loseWorkers(workers, delivered)) this.#record(event);
    }
  }

  #takeOffMap(worker: string): void {
    const { server = null, contacts = new Map<string, number>() } = this.#where.get(worker) ?? {};
    const timeUs = this.nowUs;
    this.#foretell(this.#scheduled(this.#liars.lose(worker, timeUs)));
    const reason = 'left-map' as const;
    for (const [other, contact] of [...contacts]) {
      this.#applyMovement({ timeUs, type: 'leave-range', worker, server: other, contact }, timeUs);
    }
    if (server !== null) {
      const associate = { type: 'associate', worker, server: null, previous: server } as const;
      this.#applyMovement({ timeUs, ...associate, reason }, timeUs);
    }
    const entity = this.#entities.get(worker);
    if (entity === undefined) return;
    this.#applyMovement({ timeUs, type: 'leave-map', worker, ...entity }, timeUs);
  }

  #endIfAllHave(): void {
    if (this.#ended === null || this.#isClosed) return;
    if (!this.#hosts.every(({ isLost, hasEnded }) => isLost || hasEnded)) return;
    const { rounds, updates } = this.#progress;
    for (const event of this.#ledger.close()) this.#record(event);
    const gradients = this.#ledger.started;
    const computed = this.#computed;
    const reason = this.#ended;
    this.#record({ type: 'run-ended', reason, rounds, gradients, computed, updates });
    const { vector, version } = this.#theta!;
    this.#outcome.resolve({ reason, theta: vector, version });
    this.close();
  }

  #broadcast(message: SimulatorMessage): void {
    for (const host of this.#hosts) this.#tell(host, message);
  }

  #tell(host: Host, message: SimulatorMessage, body: Uint8Array | null = null): void {
    if (!host.isLost) say(host.connection, message, body);
  }
}

function deferred<Value>(): {
  promise: Promise<Value>;
  resolve: (value: Value) => void;
  reject: (error: Error) => void;
} {
  let resolve: (value: Value) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<Value>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  return { promise, resolve, reject };
}
