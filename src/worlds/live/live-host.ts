import type { EndReason } from '../../journal/events.ts';
import type { Timer } from '../../nodes/context.ts';
import type { ValueId } from '../../nodes/messages.ts';
import type { TimeUs } from '../../simulation/time.ts';
import type { Frame } from '../../transport/frame.ts';
import { type ComputationSettings, Computations } from '../computing/computations.ts';
import type { TaskPool } from '../computing/thread-pool.ts';
import { type Facts, ValueStore } from '../computing/value-store.ts';
import type { VectorMemory } from '../computing/vector-memory.ts';
import type { WorldSettings } from '../world-settings.ts';
import type { FailureMessage, HostMessage, Movement, Turn } from './control-message.ts';
import { Deliveries } from './deliveries.ts';
import { HostedNodes } from './hosted-nodes.ts';
import type { LiveClock } from './live-clock.ts';
import { LiveContext } from './live-context.ts';
import { LiveQueue } from './live-queue.ts';
import type { Parcel } from './parcel.ts';
import { PausablePool } from './pausable-pool.ts';
import type { PeerLinks } from './peer-links.ts';
import type { PeerMessage } from './peer-message.ts';
import type { HostPlace } from './placement.ts';
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
  tell: (message: HostMessage, body?: Float32Array) => void;
}

interface WaitingTimer {
  node: string;
  timer: Timer;
  needs: ValueId | null;
}

type HostEvent =
  | { type: 'timer'; waiting: WaitingTimer }
  | { type: 'movement'; movement: Movement }
  | Turn
  | { type: 'failure'; message: FailureMessage }
  | { type: 'transmit' | 'arrival'; parcel: Parcel };

/** One process of the live world: runs its share of the nodes on the simulator's clock. */
export class LiveHost {
  readonly #parts: HostParts;
  readonly #values: ValueStore;
  readonly #waiters: ValueWaiters;
  readonly #pool: PausablePool;
  readonly #computations: Computations;
  readonly #queue: LiveQueue<HostEvent>;
  readonly #reports: Reports;
  readonly #context: LiveContext;
  readonly #deliveries: Deliveries;
  readonly #nodes: HostedNodes;
  readonly #cloudHost: number;
  readonly #hostOf: (node: string) => number;
  readonly #evaluations = new Set<ValueId>();
  /** By node: what it is still to be woken with. */
  readonly #timers = new Map<string, Set<WaitingTimer>>();
  #isFlushing = false;
  #isStarted = false;
  #isOver = false;
  #computed = 0;

  constructor(parts: HostParts) {
    const { settings, clock, hosts, self, tell, links, computation, compute } = parts;
    this.#parts = parts;
    const values = new ValueStore(parts.memory);
    this.#values = values;
    this.#waiters = new ValueWaiters(values);
    this.#pool = new PausablePool(parts.pool, clock);
    this.#computations = new Computations(values, this.#pool, computation, (id, facts) =>
      this.#completed(id, facts),
    );
    this.#queue = new LiveQueue(clock, (event) => this.#handle(event));
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
      numbers: { first: self, step: hosts.length },
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
    const { nodes } = hosts.find(({ host }) => host === self)!;
    this.#nodes = new HostedNodes(nodes, settings, this.#context, () => values.add(parts.theta!));
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
    this.#parts.tell({ type: 'held', change });
  }

  /** In order of time, before that has come. */
  expect(movements: readonly (Movement | Turn)[]): void {
    for (const each of movements) {
      const event = each.type === 'turn' ? each : ({ type: 'movement', movement: each } as const);
      this.#queue.schedule(each.timeUs, event);
    }
  }

  /** A node crashes or recovers, or a link is cut or restored: as soon as the clock runs. */
  befall(message: FailureMessage): void {
    this.#queue.schedule(this.#parts.clock.nowUs, { type: 'failure', message });
  }

  /** The batch of a gradient that was described, unless it was given up. */
  giveBatch(value: ValueId, items: Uint32Array, epoch: number): void {
    if (this.#context.giveBatch(value, items, epoch)) this.#computed += 1;
    else this.#waiters.wake(value);
  }

  /** From another host. The promise holds back what comes after it: nothing arrives in a pause. */
  receive({ header, body }: Frame): void | Promise<void> {
    const { clock } = this.#parts;
    if (!clock.isRunning) return clock.running().then(() => this.receive({ header, body }));
    // What is due came before.
    this.#queue.runDue();
    const message = header as unknown as PeerMessage;
    if (message.type === 'nodes') this.#deliveries.receive(message, body as Float32Array | null);
    else if (message.type === 'work') this.#workChanged(message.worker, message.version);
    else if (message.type === 'recovered') this.#nodes.greet(message.worker, message.server);
    this.#queue.runDue();
    this.#flushSoon();
  }

  /** A host of workers is gone. */
  lose(lost: number): void {
    const { hosts, links, tell } = this.#parts;
    links.cut(lost);
    const { nodes } = hosts.find(({ host }) => host === lost)!;
    const gradients = this.#nodes.lose(new Set(nodes));
    this.flush();
    tell({ type: 'has', lost, gradients });
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
    const cloud = this.#nodes.cloud?.state ?? null;
    if (cloud === null) {
      tell({ type: 'ended', computed: this.#computed, version: null });
      return;
    }
    const { theta, version } = cloud;
    const send = () =>
      tell(
        { type: 'ended', computed: this.#computed, version },
        this.#values.vector(theta).slice(),
      );
    this.#waiters.whenReady(theta, send);
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
    });
  }

  #handle(event: HostEvent): void {
    switch (event.type) {
      case 'movement':
        this.#nodes.move(event.movement);
        break;
      case 'turn':
        this.#context.turn(event.node, event.lies);
        break;
      case 'failure':
        this.#fail(event.message);
        break;
      case 'transmit':
        this.#deliveries.transmit(event.parcel);
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
        this.#recover(message.node);
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

  #recover(node: string): void {
    this.#context.record({ type: 'recovered', node });
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
