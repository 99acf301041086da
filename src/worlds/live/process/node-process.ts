import type { EndReason } from '../../../journal/reasons.ts';
import type { ValueId } from '../../../nodes/messages.ts';
import { Computations } from '../../computing/computations.ts';
import { type Facts, ValueStore } from '../../computing/value-store.ts';
import type { CloudCounters } from '../protocol/cloud-checkpoint.ts';
import type { Background } from '../protocol/control-message.ts';
import { LiveQueue } from '../protocol/live-queue.ts';
import { numbersOf } from '../protocol/process-numbers.ts';
import type { TransferEnded } from '../protocol/transfer-message.ts';
import { CloudCheckpointSender } from './cloud-checkpoint-sender.ts';
import { Deliveries } from './deliveries.ts';
import { EvaluationHolds } from './evaluation-holds.ts';
import { handledAtUs } from './event-time.ts';
import { ExpectedMovements } from './expected-movements.ts';
import { LiveContext } from './live-context.ts';
import { NodeFailures } from './node-failures.ts';
import type { NodeProcessEvent, NodeProcessParts } from './node-process-parts.ts';
import { NodeTimers } from './node-timers.ts';
import { PausablePool } from './pausable-pool.ts';
import { PeerExchange } from './peer-exchange.ts';
import { ProcessNodes } from './process-nodes.ts';
import { Reports } from './reports.ts';
import { type SignalPart, takeSignalPart } from './signal-parts.ts';
import { restoreCloud } from './take-over.ts';
import { ValueWaiters } from './value-waiters.ts';

/** One process of a live run: runs its nodes on the coordinator's clock. */
export class NodeProcess {
  readonly peers: PeerExchange;
  readonly #parts: NodeProcessParts;
  readonly #values: ValueStore;
  readonly #waiters: ValueWaiters;
  readonly #pool: PausablePool;
  readonly #computations: Computations;
  readonly #queue: LiveQueue<NodeProcessEvent>;
  readonly #reports: Reports;
  readonly #context: LiveContext;
  readonly #deliveries: Deliveries;
  readonly #nodes: ProcessNodes;
  readonly #checkpoints: CloudCheckpointSender | null;
  readonly movements: ExpectedMovements;
  readonly #evaluations: EvaluationHolds;
  readonly #timers: NodeTimers;
  readonly #failures: NodeFailures;
  #isFlushing = false;
  /** The cloud of a later generation does not start: it continues when its state is restored. */
  #isStarted: boolean;
  #isOver = false;
  #computed = 0;

  constructor(parts: NodeProcessParts) {
    const { settings, clock, slots, self, generation, send, links, computation } = parts;
    const { compute, shapesLinks } = parts;
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
      this.#context.during(handledAtUs(event, timeUs, clock), () => this.#handle(event));
    });
    this.#evaluations = new EvaluationHolds(clock, send);
    this.#reports = new Reports(values, clock, send);
    const byNode = new Map(slots.flatMap(({ index, nodes }) => nodes.map((node) => [node, index])));
    const slotOf = (node: string) => byNode.get(node)!;
    this.movements = new ExpectedMovements({
      generationOf: (worker) => links.generationOf(slotOf(worker)),
      schedule: (timeUs, event) => this.#queue.schedule(timeUs, event),
    });
    this.#context = new LiveContext({
      settings,
      clock,
      values,
      computations: this.#computations,
      reports: this.#reports,
      numbers: numbersOf({ slot: self, slots: slots.length, generation }),
      ...{ compute, shapesLinks },
      schedule: (timeUs, timer) => this.#timers.set(timeUs, timer),
      post: (envelope) => {
        this.#deliveries.post(envelope);
        this.#flushSoon();
      },
      wantBatch: (owner, value, beganUs) => send({ type: 'batch-wanted', owner, value, beganUs }),
      beginTransfer: (transfer) => send(transfer),
      waitToSend: (timeUs, sending) => this.#queue.schedule(timeUs, { type: 'sending', sending }),
      sendWork: (worker, version) => this.peers.sendWork(worker, version),
      holdFor: (value) => this.#evaluations.holdFor(value),
      finish: (reason) => {
        clock.hold();
        this.flush();
        send({ type: 'finish', reason });
      },
    });
    this.#deliveries = new Deliveries({
      settings,
      self,
      slotOf,
      clock,
      values,
      waiters: this.#waiters,
      links,
      context: this.#context,
      isModelled: compute === 'modelled' || shapesLinks,
      schedule: (timeUs, event) => this.#queue.schedule(timeUs, event),
      deliver: (from, to, message) => this.#nodes.program(to).receive(from, message),
    });
    const theta = values.addShared(parts.theta!);
    this.#nodes = new ProcessNodes(slots[self]!.nodes, settings, this.#context, theta);
    if (generation > 0 && settings.hierarchy !== null) this.#nodes.forget();
    const shared = { settings, context: this.#context, nodes: this.#nodes, links, slotOf };
    this.#timers = new NodeTimers({
      ...shared,
      clock,
      values,
      waiters: this.#waiters,
      schedule: (timeUs, waiting) => this.#queue.schedule(timeUs, { type: 'timer', waiting }),
    });
    this.#failures = new NodeFailures({ ...shared, timers: this.#timers });
    this.peers = new PeerExchange({
      ...shared,
      clock,
      slots,
      self,
      slotOf: (node) => byNode.get(node),
      deliveries: this.#deliveries,
      send,
      runDue: () => this.#queue.runDue(),
      waiting: () => this.#queue.waiting,
      flush: () => this.flush(),
      flushSoon: () => this.#flushSoon(),
    });
    const cloud = this.#nodes.cloud?.state;
    this.#checkpoints =
      cloud === undefined ? null : new CloudCheckpointSender(cloud, values, this.#waiters, send);
  }

  /** This process is the successor of a lost one: takes over the state that the run has. */
  learn(known: Background): void {
    this.#nodes.learn(known);
    // Windows close by the clock, which may not be known yet. Its workers come onto the map after that.
    this.#queue.schedule(0, { type: 'take-over', known });
  }

  restoreOptimiser(state: Float32Array): void {
    this.#nodes.cloud!.state.optimiserState = this.#values.add(state);
  }

  /** Takes the last state of the cloud, which continues as soon as the clock runs. */
  restoreCloud(
    { counters, hasCrashed }: { counters: CloudCounters; hasCrashed: boolean },
    theta: Float32Array,
  ): void {
    restoreCloud(this.#nodes, this.#values, counters, theta);
    const { id: node } = this.#nodes.cloud!.state;
    const message = { type: 'recover', node, hasCrashed } as const;
    this.handleSoon({ type: 'failure', message });
  }

  checkpointKept(): void {
    this.#checkpoints?.kept();
  }

  /** The clock was held or released: sends what happened before, and starts the cloud. */
  clockChanged(change: number): void {
    this.flush();
    if (!this.#parts.clock.isRunning) {
      void this.#sayHeld(change);
    } else if (!this.#isStarted) {
      this.#isStarted = true;
      this.#nodes.start();
      this.#flushSoon();
    }
  }

  /** Sends `held` after all that was recorded before, with all its facts. */
  async #sayHeld(change: number): Promise<void> {
    await this.#reports.settled();
    this.flush();
    await this.#checkpoints?.settled();
    this.#parts.send({ type: 'held', change });
  }

  /** Takes what a contact's radio will be like, or that a transfer has ended. */
  hear(message: SignalPart | TransferEnded): void {
    if (message.type === 'signal') takeSignalPart(this.#context.signals, message);
    else this.#queue.schedule(message.atUs, message);
  }

  /** Handles it as soon as the clock runs. */
  handleSoon(event: NodeProcessEvent & { type: 'failure' | 'started' }): void {
    this.#queue.schedule(this.#parts.clock.nowUs, event);
  }

  /** Takes the batch of a gradient, unless that was cancelled. */
  giveBatch(value: ValueId, items: Uint32Array, epoch: number): void {
    if (this.#context.giveBatch(value, items, epoch)) this.#computed += 1;
    else this.#waiters.wake(value);
  }

  /** Ends the nodes and sends all that is left to report. */
  async end(reason: EndReason): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const { clock, send } = this.#parts;
    clock.hold();
    this.#queue.close();
    this.#nodes.endBecause(reason);
    this.flush();
    this.#pool.goOn();
    await this.#reports.settled();
    this.flush();
    await this.#checkpoints?.settled();
    send({ type: 'ended', computed: this.#computed });
  }

  /** Handles no more events. */
  close(): void {
    this.#isOver = true;
    this.#queue.close();
    this.#parts.onOver?.({
      values: this.#values,
      nodes: this.#nodes,
      context: this.#context,
      timers: this.#timers,
      deliveries: this.#deliveries,
      checkpoints: this.#checkpoints,
    });
  }

  /** Rejects when a computation fails. */
  async watch(): Promise<never> {
    for (;;) await this.#computations.nextCompletion();
  }

  /** Sends reports and messages. Reports first, so that most of them arrive in order. */
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

  #handle(event: NodeProcessEvent): void {
    switch (event.type) {
      case 'movement':
        if (!this.movements.isVoid(event)) this.#nodes.move(event.movement);
        break;
      case 'fault-transition':
        this.#context.turn(event.node, event.isByzantine);
        break;
      case 'take-over':
        this.#nodes.takeOver(event.known);
        break;
      case 'failure':
        this.#failures.handle(event.message);
        break;
      case 'started':
        this.#nodes.roundsCloud?.started(event.gradients);
        break;
      case 'dispatch':
      case 'transmit':
      case 'arrival':
        this.#deliveries.go(event.envelope, event.type);
        break;
      case 'sending':
        this.#context.shared.start(event.sending);
        break;
      case 'transfer-ended':
        this.#context.shared.ended(event);
        break;
      case 'timer':
        this.#timers.wake(event.waiting);
    }
    this.#flushSoon();
  }

  #completed(id: ValueId, { journal }: Facts): void {
    this.#reports.settle(id, journal);
    this.#flushSoon();
    this.#evaluations.computed(id, () => this.flush());
    // The value is ready, or released, after this task.
    queueMicrotask(() => {
      this.#waiters.wake(id);
      this.#flushSoon();
    });
  }
}
