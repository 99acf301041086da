import type { EndReason } from '../../../journal/events.ts';
import type { Timer } from '../../../nodes/context.ts';
import type { ValueId } from '../../../nodes/messages.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import type { Frame } from '../../../transport/frame.ts';
import { readMessage } from '../../../transport/message.ts';
import { type ComputationSettings, Computations } from '../../computing/computations.ts';
import type { TaskPool } from '../../computing/thread-pool.ts';
import { type Facts, ValueStore } from '../../computing/value-store.ts';
import type { VectorMemory } from '../../computing/vector-memory.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { CloudMemory } from '../protocol/cloud-checkpoint.ts';
import type {
  FailureMessage,
  FaultTransition,
  Has,
  HostMessage,
  Movement,
  Numbers,
} from '../protocol/control-message.ts';
import { numbersOf } from '../protocol/host-numbers.ts';
import type { LiveClock } from '../protocol/live-clock.ts';
import { LiveQueue } from '../protocol/live-queue.ts';
import type { Parcel } from '../protocol/parcel.ts';
import { type PeerMessage, peerMessageSchema } from '../protocol/peer-message.ts';
import type { Address, HostPlace } from '../protocol/placement.ts';
import { CloudCheckpointSender } from './cloud-checkpoint-sender.ts';
import { Deliveries } from './deliveries.ts';
import { HostedNodes } from './hosted-nodes.ts';
import { LiveContext } from './live-context.ts';
import { PausablePool } from './pausable-pool.ts';
import { PeerChecks } from './peer-checks.ts';
import type { Peer, PeerLinks } from './peer-links.ts';
import { Reports } from './reports.ts';
import { ValueWaiters } from './value-waiters.ts';

export interface HostParts {
  settings: WorldSettings;
  computation: ComputationSettings;
  memory: VectorMemory;
  pool: TaskPool;
  /** The cloud's first model; null elsewhere. */
  theta: Float32Array | null;
  compute: 'measured' | 'modelled';
  clock: LiveClock;
  links: PeerLinks;
  hosts: readonly HostPlace[];
  self: number;
  /** Which host of its place it is. */
  generation: number;
  tell: (message: HostMessage, body?: HostBody) => void;
}

export type HostBody = Float32Array | Uint8Array;

/** Wall time by which events come late that what follows from them makes up for: timers are no better. */
const MADE_UP_MS = 10;

interface WaitingTimer {
  node: string;
  timer: Timer;
  needs: ValueId | null;
}

type HostEvent =
  | { type: 'timer'; waiting: WaitingTimer }
  /** `life`: the worker's host as it was when this was told. */
  | { type: 'movement'; movement: Movement; generation: number }
  | FaultTransition
  | { type: 'failure'; message: FailureMessage }
  | { type: 'started'; gradients: number }
  | { type: 'transmit' | 'arrival'; parcel: Parcel };

/** One process of the live world: runs its share of the nodes on the coordinator's clock. */
export class NodeProcess {
  readonly #parts: HostParts;
  readonly #values: ValueStore;
  readonly #waiters: ValueWaiters;
  readonly #pool: PausablePool;
  readonly #computations: Computations;
  readonly #queue: LiveQueue<HostEvent>;
  readonly #reports: Reports;
  readonly #context: LiveContext;
  readonly #deliveries: Deliveries;
  readonly #peerChecks: PeerChecks;
  readonly #nodes: HostedNodes;
  readonly #checkpoints: CloudCheckpointSender | null;
  readonly #cloudHost: number;
  readonly #hostOf: (node: string) => number;
  readonly #evaluations = new Set<ValueId>();
  /** By node: what it is still to be woken with. */
  readonly #timers = new Map<string, Set<WaitingTimer>>();
  #isFlushing = false;
  /** The cloud of another life does not begin: it goes on when it is restored. */
  #isStarted: boolean;
  #isOver = false;
  #computed = 0;

  constructor(parts: HostParts) {
    const { settings, clock, hosts, self, generation, tell, links, computation, compute } = parts;
    this.#parts = parts;
    this.#isStarted = generation > 0;
    const values = new ValueStore(parts.memory);
    this.#values = values;
    this.#waiters = new ValueWaiters(values);
    this.#pool = new PausablePool(parts.pool, clock);
    this.#computations = new Computations(values, this.#pool, computation, (id, facts) =>
      this.#completed(id, facts),
    );
    this.#queue = new LiveQueue(clock, (event, timeUs) => {
      const isLate = clock.untilMs(timeUs) < -MADE_UP_MS;
      this.#context.during(isLate ? clock.nowUs : timeUs, () => this.#handle(event));
    });
    this.#reports = new Reports(values, (items) => tell({ type: 'report', items }));
    const places = new Map(hosts.flatMap(({ host, nodes }) => nodes.map((node) => [node, host])));
    const hostOf = (node: string) => places.get(node)!;
    this.#hostOf = hostOf;
    this.#cloudHost = hosts.find(({ role }) => role === 'cloud')!.host;
    this.#context = new LiveContext({
      settings,
      clock,
      values,
      computations: this.#computations,
      reports: this.#reports,
      numbers: numbersOf({ place: self, places: hosts.length, generation }),
      compute,
      schedule: (timeUs, timer) => this.#setTimer(timeUs, timer),
      post: (parcel) => {
        this.#deliveries.post(parcel);
        this.#flushSoon();
      },
      wantBatch: (owner, value) => tell({ type: 'batch-wanted', owner, value }),
      tellWork: (worker, version) => this.#tellWork(worker, version),
      holdFor: (value) => {
        this.#evaluations.add(value);
        clock.hold();
        tell({ type: 'hold' });
      },
      finish: (reason) => {
        clock.hold();
        this.flush();
        tell({ type: 'finish', reason });
      },
    });
    this.#deliveries = new Deliveries({
      settings,
      self,
      hostOf,
      clock,
      values,
      waiters: this.#waiters,
      links,
      context: this.#context,
      isModelled: compute === 'modelled',
      schedule: (timeUs, event) => this.#queue.schedule(timeUs, event),
      deliver: (from, to, message) => this.#nodes.program(to).receive(from, message),
    });
    this.#peerChecks = new PeerChecks({
      settings,
      self,
      hostOf: (node) => places.get(node),
      newest: () => this.#context.newest.version,
    });
    const { nodes } = hosts.find(({ host }) => host === self)!;
    this.#nodes = new HostedNodes(nodes, settings, this.#context, () => values.add(parts.theta!));
    const cloud = this.#nodes.cloud?.state;
    this.#checkpoints =
      cloud === undefined ? null : new CloudCheckpointSender(cloud, values, this.#waiters, tell);
  }

  /** Where the others are reached, as far as they are there. */
  meet(addresses: readonly (Address | null)[]): void {
    const { links, settings } = this.#parts;
    const wasWithout = links.isCut(this.#cloudHost);
    links.setAddresses(addresses);
    if (!wasWithout || links.isCut(this.#cloudHost)) return;
    if (settings.mode.maximumStaleness === null) return;
    // Another cloud is there, which does not know who works on what.
    for (const { worker, version } of this.#nodes.workUnderWay) this.#tellWork(worker, version);
  }

  /** This host takes the place of one that was lost. */
  learn({ down, cut, rounds }: { down: string[]; cut: string[]; rounds: number[] }): void {
    const context = this.#context;
    for (const server of cut) context.cut.add(server);
    for (const node of down) context.down.add(node);
    this.#nodes.learn(rounds, new Set(down));
  }

  restoreOptimiser(memory: Float32Array): void {
    this.#nodes.cloud!.state.optimiserState = this.#values.add(memory);
  }

  /** The cloud of before was so, and goes on as soon as the clock runs. */
  restoreCloud(
    { memory, hasCrashed }: { memory: CloudMemory; hasCrashed: boolean },
    theta: Float32Array,
  ): void {
    const { state } = this.#nodes.cloud!;
    this.#values.release(state.theta);
    Object.assign(state, memory, { theta: this.#values.add(theta) });
    this.befall({ type: 'recover', node: state.id, hasCrashed });
  }

  checkpointKept(): void {
    this.#checkpoints?.kept();
  }

  /** The clock was set: everything of before is told, and the cloud begins when it runs. */
  clockChanged(change: number): void {
    this.flush();
    if (!this.#parts.clock.isRunning) {
      void this.#sayHeld(change);
    } else if (!this.#isStarted) {
      this.#isStarted = true;
      this.#nodes.cloud?.program.start();
      this.#flushSoon();
    }
  }

  /** What was recorded before is to stand in the journal first, with all its facts. */
  async #sayHeld(change: number): Promise<void> {
    await this.#reports.settled();
    this.flush();
    await this.#checkpoints?.settled();
    this.#parts.tell({ type: 'held', change });
  }

  /** In order of time, before that has come. */
  expect(movements: readonly (Movement | FaultTransition)[]): void {
    const { links } = this.#parts;
    for (const each of movements) {
      const { timeUs } = each;
      if (each.type === 'turn') {
        this.#queue.schedule(timeUs, each);
        continue;
      }
      const generation = links.lifeOf(this.#hostOf(each.worker));
      this.#queue.schedule(timeUs, { type: 'movement', movement: each, generation });
    }
  }

  /** A node crashes or recovers, or a link is cut or restored: as soon as the clock runs. */
  befall(message: FailureMessage): void {
    this.#queue.schedule(this.#parts.clock.nowUs, { type: 'failure', message });
  }

  /** So many gradients have been started in the whole run, for the cloud that counts them. */
  started(gradients: number): void {
    this.#queue.schedule(this.#parts.clock.nowUs, { type: 'started', gradients });
  }

  /** The batch of a gradient that was described, unless it was given up. */
  giveBatch(value: ValueId, items: Uint32Array, epoch: number): void {
    if (this.#context.giveBatch(value, items, epoch)) this.#computed += 1;
    else this.#waiters.wake(value);
  }

  /** From another host. Throws BadFrame for what does not fit. The promise holds back what comes after it: nothing arrives in a pause. */
  receive({ header, body }: Frame, from: Peer): void | Promise<void> {
    const message = readMessage(peerMessageSchema, header);
    this.#peerChecks.check(from.host, message, body);
    return this.#takeFrom(from, message, body as Float32Array | null);
  }

  #takeFrom(from: Peer, message: PeerMessage, body: Float32Array | null): void | Promise<void> {
    const { clock } = this.#parts;
    if (!clock.isRunning) {
      return clock.running().then(() => this.#takeFrom(from, message, body));
    }
    // What it has not handed over is lost with its sender.
    if (!from.isThere()) return;
    // What is due came before.
    this.#queue.runDue();
    if (message.type === 'nodes') this.#deliveries.receive(message, body);
    else if (message.type === 'work') this.#workChanged(message.worker, message.version);
    else this.#nodes.greet(message.worker, message.server);
    this.#queue.runDue();
    this.#flushSoon();
  }

  /** A host is gone: says what is known of what was there. */
  lose(lost: number): void {
    const { hosts, links, tell } = this.#parts;
    links.lose(lost);
    const nodes = new Set(hosts.find(({ host }) => host === lost)!.nodes);
    this.#nodes.lose(nodes);
    this.flush();
    const elsewhere = this.#nodes.collectedFrom(nodes);
    for (const { event } of this.#queue.waiting) {
      if (event.type === 'arrival') noteFrom(nodes, event.parcel, elsewhere);
    }
    const sentThere = this.#deliveries.takeSentTo(lost);
    const has: Has = { lost, elsewhere, sentThere, newest: this.#context.newest };
    tell({ type: 'has' }, new TextEncoder().encode(JSON.stringify(has)));
  }

  /** The run is over: says all that there is to say. */
  async end(reason: EndReason): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const { clock, tell } = this.#parts;
    clock.hold();
    this.#queue.close();
    this.#nodes.end(reason);
    this.flush();
    this.#pool.goOn();
    await this.#reports.settled();
    this.flush();
    await this.#checkpoints?.settled();
    tell({ type: 'ended', computed: this.#computed });
  }

  /** Nothing happens here any more. */
  close(): void {
    this.#isOver = true;
    this.#queue.close();
  }

  /** Rejects when a computation has failed. */
  async watch(): Promise<never> {
    for (;;) await this.#computations.nextCompletion();
  }

  /** Tells and sends what there is. Reports first: so that most of them come in order. */
  flush(): void {
    this.#reports.flush();
    this.#deliveries.flush();
    this.#reports.flush();
  }

  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      this.flush();
      this.#checkpoints?.offer();
    });
  }

  #handle(event: HostEvent): void {
    switch (event.type) {
      case 'movement': {
        const { movement, generation } = event;
        // A worker whose process is gone is gone with it.
        const now = this.#parts.links.lifeOf(this.#hostOf(movement.worker));
        if (generation === now) this.#nodes.move(movement);
        break;
      }
      case 'turn':
        this.#context.turn(event.node, event.isByzantine);
        break;
      case 'failure':
        this.#fail(event.message);
        break;
      case 'started':
        this.#nodes.cloud?.program.started(event.gradients);
        break;
      case 'transmit':
        this.#deliveries.transmit(event.parcel, this.#context.nowUs);
        break;
      case 'arrival':
        this.#deliveries.arrive(event.parcel);
        break;
      case 'timer':
        this.#wake(event.waiting);
    }
    this.#flushSoon();
  }

  #fail(message: FailureMessage): void {
    const context = this.#context;
    switch (message.type) {
      case 'crash': {
        const { node, state } = message;
        context.record({ type: 'crashed', node, state });
        this.#nodes.crash(node, state, this.#takeTimers(node));
        return;
      }
      case 'recover':
        this.#recover(message);
        return;
      case 'cut':
        context.cut.add(message.server);
        this.#recordLink('cut', message.server);
        return;
      case 'restore':
        context.cut.delete(message.server);
        this.#recordLink('restored', message.server);
    }
  }

  #recover({ node, hasCrashed }: FailureMessage & { type: 'recover' }): void {
    if (hasCrashed) this.#context.record({ type: 'recovered', node });
    this.#nodes.recover(node);
    const server = this.#nodes.serverOf(node);
    if (server === null) return;
    const message = { type: 'recovered', worker: node, server } as const;
    this.#parts.links.send(this.#hostOf(server), { message, body: () => null, done: () => {} });
  }

  /** Both ends are told; the lower one records it. */
  #recordLink(type: 'cut' | 'restored', server: string): void {
    if (!this.#nodes.has(server)) return;
    const { parent } = this.#parts.settings.servers.find(({ id }) => id === server)!;
    this.#context.record({ type, server, parent: parent! });
  }

  #setTimer(timeUs: TimeUs, waiting: WaitingTimer): void {
    const { node } = waiting;
    const others = this.#timers.get(node);
    if (others) others.add(waiting);
    else this.#timers.set(node, new Set([waiting]));
    this.#queue.schedule(timeUs, { type: 'timer', waiting });
  }

  /** What a node would have been woken with: none of it will. */
  #takeTimers(node: string): Timer[] {
    const waiting = [...(this.#timers.get(node) ?? [])];
    this.#timers.delete(node);
    for (const { timer, needs } of waiting) {
      if (needs !== null) this.#values.release(needs);
      if (timer.kind === 'computed') this.#context.gradients.delete(timer.gradient);
    }
    return waiting.map(({ timer }) => timer);
  }

  /** Its time has come; the numbers that it needs may still be under way. */
  #wake(waiting: WaitingTimer): void {
    const { node, timer, needs } = waiting;
    const timers = this.#timers.get(node);
    if (!timers?.has(waiting)) return;
    const value = this.#context.neededBy(timer, needs);
    if (value === undefined) {
      timers.delete(waiting);
      if (timer.kind === 'computed') this.#context.gradients.delete(timer.gradient);
      return;
    }
    if (value !== null && this.#values.status(value) !== 'ready') {
      const again = { type: 'timer', waiting } as const;
      this.#waiters.whenReady(value, () => this.#queue.schedule(this.#parts.clock.nowUs, again));
      return;
    }
    const host = timer.kind === 'computed' ? this.#hostAbove(node) : null;
    if (host !== null && this.#parts.links.isCongested(host)) {
      this.#wakeLater(host, waiting);
      return;
    }
    timers.delete(waiting);
    if (timer.kind === 'computed') this.#context.gradients.delete(timer.gradient);
    this.#nodes.program(node).wake(timer);
    if (needs !== null) this.#values.release(needs);
  }

  /** Of a worker here: the host of the server that it is with. */
  #hostAbove(worker: string): number | null {
    const server = this.#nodes.serverOf(worker);
    return server === null ? null : this.#hostOf(server);
  }

  /** A worker whose server takes no more makes no more: what waits for a slow peer stays little. */
  #wakeLater(host: number, waiting: WaitingTimer): void {
    const { links, clock } = this.#parts;
    void links.relieved(host).then(() => {
      this.#queue.schedule(clock.nowUs, { type: 'timer', waiting });
    });
  }

  #completed(id: ValueId, { journal }: Facts): void {
    this.#reports.settle(id, journal);
    this.#flushSoon();
    if (this.#evaluations.delete(id)) {
      this.flush();
      this.#parts.tell({ type: 'release' });
    }
    // Ready, or forgotten, as soon as this is over.
    queueMicrotask(() => {
      this.#waiters.wake(id);
      this.#flushSoon();
    });
  }

  #tellWork(worker: string, version: number | null): void {
    const { self, links } = this.#parts;
    if (this.#cloudHost === self) {
      this.#workChanged(worker, version);
      return;
    }
    const message = { type: 'work', worker, version } as const;
    links.send(this.#cloudHost, { message, body: () => null, done: () => {} });
  }

  #workChanged(worker: string, version: number | null): void {
    const cloud = this.#nodes.cloud?.program;
    if (version === null) cloud?.endWork(worker);
    else cloud?.beginWork(worker, version);
  }
}

/** Adds what has come from these nodes, and waits to be handed over. */
function noteFrom(nodes: ReadonlySet<string>, { from, message }: Parcel, numbers: Numbers): void {
  if (!nodes.has(from)) return;
  if (message.type === 'gradient') numbers.gradients.push(message.gradient);
  else if (message.type === 'result') numbers.results.push(message.result);
}
