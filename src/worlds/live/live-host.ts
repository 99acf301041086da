import type { EndReason } from '../../journal/events.ts';
import type { Timer } from '../../nodes/context.ts';
import type { ValueId } from '../../nodes/messages.ts';
import type { Frame } from '../../transport/frame.ts';
import { type ComputationSettings, Computations } from '../computing/computations.ts';
import type { TaskPool } from '../computing/thread-pool.ts';
import { type Facts, ValueStore } from '../computing/value-store.ts';
import type { VectorMemory } from '../computing/vector-memory.ts';
import type { WorldSettings } from '../world-settings.ts';
import type { HostMessage, Movement } from './control-message.ts';
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
  theta: Float32Array;
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
  | ({ type: 'timer' } & WaitingTimer)
  | { type: 'movement'; movement: Movement }
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
      schedule: (timeUs, timer) => this.#queue.schedule(timeUs, { type: 'timer', ...timer }),
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
    this.#nodes = new HostedNodes(nodes, settings, this.#context, () => values.add(parts.theta));
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
  expect(movements: readonly Movement[]): void {
    for (const movement of movements) {
      this.#queue.schedule(movement.timeUs, { type: 'movement', movement });
    }
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
      case 'transmit':
        this.#deliveries.transmit(event.parcel);
        break;
      case 'arrival':
        this.#deliveries.arrive(event.parcel);
        break;
      case 'timer':
        this.#wake(event);
    }
    this.#flushSoon();
  }

  /** Its time has come; the numbers that it needs may still be under way. */
  #wake({ node, timer, needs }: WaitingTimer): void {
    const value = this.#context.neededBy(timer, needs);
    if (value === undefined) {
      if (timer.kind === 'computed') this.#context.gradients.delete(timer.gradient);
      return;
    }
    if (value !== null && this.#values.status(value) !== 'ready') {
      const again = { type: 'timer', node, timer, needs } as const;
      this.#waiters.whenReady(value, () => this.#queue.schedule(this.#parts.clock.nowUs, again));
      return;
    }
    const host = timer.kind === 'computed' ? this.#hostAbove(node) : null;
    if (host !== null && this.#parts.links.isCongested(host)) {
      this.#wakeLater(host, { node, timer, needs });
      return;
    }
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
      this.#queue.schedule(clock.nowUs, { type: 'timer', ...waiting });
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
