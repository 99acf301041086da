import type { SimulatedEvent } from '../../journal/events.ts';
import type { EndReason, LossReason } from '../../journal/reasons.ts';
import { nextBatch } from '../../learning/batch-stream.ts';
import type { GradientRequest, NodeContext, Timer } from '../../nodes/context.ts';
import { isUp, type Message, type ValueId } from '../../nodes/messages.ts';
import type { AggregationInput } from '../../rules/running/contribution.ts';
import { schedule, takeAll } from '../../simulation/event-queue.ts';
import { NamedStreams } from '../../simulation/named-streams.ts';
import type { RandomStream } from '../../simulation/random.ts';
import { type TimeUs, usToSeconds } from '../../simulation/time.ts';
import { isHandedOver } from '../arriving.ts';
import { ByzantineNodes } from '../byzantine-nodes.ts';
import { sendCopies } from '../copies.ts';
import { dataOwner } from '../data-owner.ts';
import { recordLost } from '../lost-message.ts';
import { Sending } from '../sending.ts';
import type { WorldParts } from './world-parts.ts';
import type { WorldEvent, WorldState } from './world-state.ts';

/** Who answers what a node asks by the experimenter's own channel, which takes no time here. */
type Control = Pick<NodeContext, 'beginWork' | 'endWork'>;

/** What the virtual world does for its nodes. */
export class WorldContext implements NodeContext {
  /** The cloud, once there is one. */
  control: Control | null = null;
  readonly byzantineNodes: ByzantineNodes;
  readonly #parts: WorldParts;
  readonly #state: WorldState;
  readonly #streams: NamedStreams;
  readonly #sending: Sending;
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(parts: WorldParts, state: WorldState) {
    this.#parts = parts;
    this.#state = state;
    const { workers, servers } = parts.settings;
    this.#numbers = new Map([
      ...servers.map(({ id }, number) => [id, number] as const),
      ...workers.map((id, number) => [id, number] as const),
    ]);
    this.#streams = new NamedStreams(parts.settings.seed, state.streams);
    this.byzantineNodes = new ByzantineNodes(parts.settings, state.attackers, {
      random: (name) => this.random(name),
      record: (event) => this.record(event),
      serverOf: (worker) => state.workers.get(worker)!.server,
      scheduleSwitch: (timeUs, event) => schedule(state.queue, timeUs, event),
    });
    this.#sending = new Sending(parts.settings, this, (node) =>
      this.byzantineNodes.mayBeByzantine(node),
    );
  }

  get nowUs(): TimeUs {
    return this.#state.nowUs;
  }

  send(from: string, to: string, message: Message): void {
    const { settings, values } = this.#parts;
    const contact = this.contactOf(from, to);
    if (contact === undefined) {
      recordLost(from, to, message, 'left-range', this);
      return;
    }
    const lower = isUp(message) ? from : to;
    if (contact === null && this.#state.cut.has(lower)) {
      recordLost(from, to, message, 'cut', this);
      return;
    }
    const link = contact === null ? settings.links.get(lower)! : settings.radio;
    const copies = this.#sending.copies(from, to, message, link, `link/${lower}`);
    const number = sendCopies(this.#state.copies, copies.length);
    const sent = {
      type: 'message',
      from,
      to,
      message: this.#sending.told(from, message),
      contact,
      ...(number !== undefined && { copies: number }),
    } as const;
    for (const { delayUs, corrupted } of copies) {
      if ('value' in message) values.keep(message.value);
      const event = corrupted ? { ...sent, corrupted } : sent;
      schedule(this.#state.queue, this.nowUs + delayUs, event);
    }
  }

  /** Whether a message that has come to its receiver is handed over; otherwise records why not. */
  handsOver(event: WorldEvent & { type: 'message' }): boolean {
    return isHandedOver(event, this.#obstacle(event), this.#state.copies, this);
  }

  #obstacle(event: WorldEvent & { type: 'message' }): LossReason | null {
    const { from, to, message, contact, corrupted = false } = event;
    const { cut, servers, workers } = this.#state;
    if (contact !== this.contactOf(from, to)) return 'left-range';
    if (contact === null && cut.has(isUp(message) ? from : to)) return 'cut';
    if ((servers.get(to) ?? workers.get(to))?.down === true) return 'crashed';
    return corrupted ? 'corrupted' : null;
  }

  /**
   * The contact of a worker and a server, in either order; undefined when out of range, null
   * between servers.
   */
  contactOf(a: string, b: string): number | null | undefined {
    const { contacts } = this.#state;
    const ofA = contacts.get(a);
    if (ofA !== undefined) return ofA.get(b);
    const ofB = contacts.get(b);
    return ofB === undefined ? null : ofB.get(a);
  }

  after(node: string, delayUs: TimeUs, timer: Timer, needs: ValueId | null = null): void {
    if (needs !== null) this.#parts.values.keep(needs);
    schedule(this.#state.queue, this.nowUs + delayUs, { type: 'timer', node, timer, needs });
  }

  /** Takes all timers of a node out of the queue. */
  takeTimers(node: string): Timer[] {
    const isOfNode = (event: WorldEvent) => event.type === 'timer' && event.node === node;
    return takeAll(this.#state.queue, isOfNode).flatMap(({ event }) => {
      if (event.type !== 'timer') return [];
      if (event.needs !== null) this.release(event.needs);
      return [event.timer];
    });
  }

  record(event: SimulatedEvent, late?: ValueId): void {
    const { journal, values } = this.#parts;
    journal.record(this.nowUs, event, late);
    // After a decision that needed them the facts are there already.
    if (late !== undefined && values.status(late) === 'ready') {
      journal.settle(late, values.facts(late).journal);
    }
  }

  random(name: string): RandomStream {
    return this.#streams.get(name);
  }

  nextId(counter: 'gradient' | 'result'): number {
    const id = this.#state.nextIds[counter];
    this.#state.nextIds[counter] += 1;
    return id;
  }

  numberOf(node: string): number {
    return this.#numbers.get(node)!;
  }

  keep(value: ValueId): void {
    this.#parts.values.keep(value);
  }

  release(value: ValueId): void {
    this.#parts.values.release(value);
  }

  isPoisoned(worker: string): boolean {
    return this.#parts.settings.poisons && this.byzantineNodes.mayBeByzantine(worker);
  }

  describeGradient(request: GradientRequest): ValueId {
    const { gradient, theta, worker, server, version, poisoned } = request;
    const { settings, values } = this.#parts;
    const owner = dataOwner(settings.owners, worker, server);
    const stream = this.#state.batches.get(owner)!;
    const { items, reshuffles } = nextBatch(
      stream,
      settings.batchSize * settings.worker.localSteps,
    );
    if (reshuffles > 0) this.record({ type: 'data-reshuffled', owner, times: reshuffles });
    const streams = `gradient/${gradient}`;
    const learningRate = this.#localLearningRate(version);
    const steps = settings.worker.localSteps;
    const how = { poisoned, streams, steps, learningRate };
    return values.describe({ kind: 'gradient', theta, items, ...how });
  }

  advanceMomentum(gradient: ValueId, memory: ValueId | null): ValueId | null {
    if (!this.#parts.settings.workersRemember) return null;
    this.admit(gradient);
    return this.#compute({ kind: 'worker-momentum', gradient, memory });
  }

  /** As of the update that comes after this version, with the epoch that the cloud is in. */
  #localLearningRate(version: number): number {
    const { localLearningRate, cloud } = this.#parts.settings;
    if (localLearningRate === null) return 0;
    const { gradients, started } = this.#state.cloud;
    const counted = cloud.counted === 'started' ? started : gradients;
    const epoch = Math.floor(counted / cloud.gradientsPerEpoch);
    return localLearningRate({ round: version, epoch, time: usToSeconds(this.nowUs) });
  }

  describeReference(server: string, aggregation: number, theta: ValueId): ValueId {
    const items = this.#parts.settings.references.get(server)!;
    const streams = `reference/${server}/${aggregation}`;
    return this.#parts.values.describe({
      kind: 'gradient',
      theta,
      items,
      poisoned: false,
      streams,
      steps: 1,
      learningRate: 0,
    });
  }

  beginWork(worker: string, version: number): boolean {
    return this.control!.beginWork(worker, version);
  }

  endWork(worker: string): void {
    this.control!.endWork(worker);
  }

  admit(value: ValueId): void {
    const { values, computations } = this.#parts;
    if (values.status(value) !== 'described') return;
    this.#state.computed += 1;
    computations.queue(value);
  }

  aggregate(input: AggregationInput<ValueId>): ValueId {
    const previous = this.#state.lastAggregates.get(input.server) ?? null;
    return this.#compute({ kind: 'aggregate', ...input, previous });
  }

  commitAggregate(server: string, value: ValueId): void {
    const previous = this.#state.lastAggregates.get(server);
    this.keep(value);
    if (previous !== undefined) this.release(previous);
    this.#state.lastAggregates.set(server, value);
  }

  dropAggregatorState(server: string): void {
    const last = this.#state.lastAggregates.get(server);
    if (last !== undefined) this.release(last);
    this.#state.lastAggregates.delete(server);
  }

  hasNoResult(aggregate: ValueId): boolean {
    return !this.#parts.values.facts(aggregate).present;
  }

  remember(theta: ValueId, aggregate: ValueId, memory: ValueId | null): ValueId | null {
    if (!this.#parts.settings.optimiserRemembers) return null;
    return this.#compute({ kind: 'optimiser-memory', theta, aggregate, memory });
  }

  update(
    theta: ValueId,
    aggregate: ValueId,
    memory: ValueId | null,
    learningRate: number,
  ): ValueId {
    return this.#compute({ kind: 'update', theta, aggregate, memory, learningRate });
  }

  evaluate(theta: ValueId): ValueId {
    return this.#compute({ kind: 'evaluate', theta });
  }

  finish(reason: EndReason): void {
    this.#state.ended = reason;
  }

  /** Writes the streams' states into the world's state. */
  saveStreams(): void {
    this.#state.streams = this.#streams.states;
  }

  #compute(job: Parameters<WorldParts['values']['describe']>[0]): ValueId {
    const value = this.#parts.values.describe(job);
    this.#parts.computations.queue(value);
    return value;
  }
}
