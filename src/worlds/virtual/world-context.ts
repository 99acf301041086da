import type { SimulatedEvent } from '../../journal/events.ts';
import type { EndReason } from '../../journal/reasons.ts';
import { Sampler } from '../../learning/sampling/sampler.ts';
import { WindowSource } from '../../learning/windows/window-source.ts';
import { constantLinks } from '../../network/constant-links.ts';
import { SharedLinks } from '../../network/shared-links.ts';
import type { GradientRequest, NodeContext, Timer } from '../../nodes/context.ts';
import { epochAt } from '../../nodes/epoch.ts';
import type { Message, ValueId } from '../../nodes/messages.ts';
import { schedule, takeAll } from '../../simulation/event-queue.ts';
import { NamedStreams } from '../../simulation/named-streams.ts';
import type { RandomStream } from '../../simulation/random.ts';
import { type TimeUs, usToSeconds } from '../../simulation/time.ts';
import { isHandedOver } from '../arriving.ts';
import { BatchSource, collectedBy } from '../batch-source.ts';
import { ByzantineNodes } from '../byzantine-nodes.ts';
import { ValueContext } from '../computing/value-context.ts';
import { sendCopies } from '../copies.ts';
import { dataOwner } from '../data-owner.ts';
import { MessageSender, type SentMessage } from '../message-sender.ts';
import { Reach } from '../reach.ts';
import { SharedAir } from './shared-air.ts';
import type { WorldParts } from './world-parts.ts';
import type { WorldEvent, WorldState } from './world-state.ts';

/** Answers a node's query to the cloud outside the simulated network, without delay. */
type Control = Pick<NodeContext, 'beginWork' | 'endWork'>;

/** The context of the nodes of the virtual world. */
export class WorldContext extends ValueContext implements NodeContext {
  /** The cloud: set before the run begins. */
  control: Control | null = null;
  readonly byzantineNodes: ByzantineNodes;
  readonly #parts: WorldParts;
  readonly #state: WorldState;
  readonly #streams: NamedStreams;
  /** Null without workers that collect samples where they are. */
  readonly #sampler: Sampler | null;
  readonly #batches: BatchSource;
  /** Null without workers that train on windows. */
  readonly #windows: WindowSource | null;
  readonly #reach: Reach;
  /** The channels that transfers share. */
  readonly sharedAir: SharedAir;
  readonly #sender: MessageSender;

  constructor(parts: WorldParts, state: WorldState) {
    super(parts, state.lastAggregates);
    this.#parts = parts;
    this.#state = state;
    const { settings } = parts;
    const { contacts, cut, workers, servers } = state;
    this.#streams = new NamedStreams(settings.seed, state.streams);
    this.#sampler = settings.sampling && new Sampler(settings.sampling, state.sampling);
    this.#batches = new BatchSource(settings, state.batches, this.#sampler);
    this.#windows =
      settings.windows && new WindowSource(settings.windows, state.windows, this.#sampler);
    this.byzantineNodes = new ByzantineNodes(settings, state.attackers, {
      random: (name) => this.random(name),
      record: (event) => this.record(event),
      serverOf: (worker) => workers.get(worker)!.server,
      scheduleSwitch: (timeUs, event) => schedule(state.queue, timeUs, event),
    });
    const isDown = (node: string) => (servers.get(node) ?? workers.get(node))?.down === true;
    this.#reach = new Reach(settings.servers, contacts, cut, isDown);
    const stream = (lower: string) => `link/${lower}`;
    const shared = new SharedLinks(settings);
    this.sharedAir = new SharedAir(state, { shared, context: this, reach: this.#reach, stream });
    this.#sender = new MessageSender({
      shapesLinks: false,
      settings,
      context: this,
      links: constantLinks(settings),
      shared,
      reach: this.#reach,
      signals: state.signals,
      handedOver: state.handedOver,
      mayBeByzantine: (node) => this.byzantineNodes.mayBeByzantine(node),
      stream,
    });
  }

  get nowUs(): TimeUs {
    return this.#state.nowUs;
  }

  get recordsTransfers(): boolean {
    return this.#parts.settings.recordsTransfers;
  }

  send(from: string, to: string, message: Message): void {
    const out = this.#sender.send(from, to, message);
    if (out === null) return;
    if ('shared' in out) this.sharedAir.send(from, to, out);
    else this.#schedule(from, to, out);
    if (out.forgedModel !== null) this.release(out.forgedModel);
  }

  #schedule(from: string, to: string, out: SentMessage): void {
    const { message, contact } = out;
    const number = sendCopies(this.#state.copies, out.copies.length);
    const plain = { type: 'message', from, to, message, contact } as const;
    const sent = number === undefined ? plain : { ...plain, copies: number };
    for (const { delayUs, corrupted } of out.copies) {
      if ('value' in message) this.keep(message.value);
      const event = corrupted ? { ...sent, corrupted } : sent;
      schedule(this.#state.queue, this.nowUs + delayUs, event);
    }
  }

  /** Whether a message that has arrived is handed to its receiver; otherwise records why not. */
  handsOver(event: WorldEvent & { type: 'message' }): boolean {
    const { from, to, message, contact, corrupted = false } = event;
    const obstacle = this.#reach.obstacle(from, to, message, contact);
    const reason = obstacle ?? (corrupted ? 'corrupted' : null);
    return isHandedOver(event, reason, this.#state.copies, this);
  }

  after(node: string, delayUs: TimeUs, timer: Timer, needs: ValueId | null = null): void {
    if (needs !== null) this.keep(needs);
    schedule(this.#state.queue, this.nowUs + delayUs, { type: 'timer', node, timer, needs });
  }

  /** Removes all timers of a node from the queue, and returns them. */
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
    // A decision that needed the numbers is recorded after their facts.
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

  isPoisoned(worker: string): boolean {
    return this.#parts.settings.poisons && this.byzantineNodes.mayBeByzantine(worker);
  }

  describeGradient(request: GradientRequest): ValueId {
    const { gradient, theta, worker, server, version, poisoned } = request;
    const { settings, values } = this.#parts;
    const { items, events } = this.#batches.next(
      dataOwner(settings.owners, worker, server),
      this.nowUs,
    );
    for (const event of events) this.record(event);
    const streamPrefix = `gradient/${gradient}`;
    const learningRate = this.#localLearningRate(version);
    const steps = settings.worker.localSteps;
    return values.describe({
      kind: 'gradient',
      theta,
      items,
      poisoned,
      streamPrefix,
      steps,
      learningRate,
    });
  }

  /** At the update that follows this version, in the cloud's epoch. */
  #localLearningRate(version: number): number {
    const { localLearningRate, cloud } = this.#parts.settings;
    if (localLearningRate === null) return 0;
    const epoch = epochAt(cloud, { started: 0, ...this.#state.cloud });
    return localLearningRate({ round: version, epoch, time: usToSeconds(this.nowUs) });
  }

  nextWindowEndUs(worker: string): TimeUs | null {
    return this.#windows!.nextEndUs(worker);
  }

  nextSampleUs(worker: string): TimeUs | null {
    return this.#sampler === null ? null : this.#sampler.nextSampleUs(worker, this.nowUs);
  }

  takeWindow(worker: string): Uint32Array {
    const items = this.#windows!.take(worker);
    if (this.#sampler !== null) {
      for (const event of collectedBy(this.#sampler, [worker])) this.record(event);
    }
    return items;
  }

  /** The run ends: records what workers of rounds have collected since their last gradient. */
  recordSamples(): void {
    if (this.#windows !== null) return;
    for (const event of this.#batches.rest(this.nowUs)) this.record(event);
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

  finish(reason: EndReason): void {
    this.#state.ended = reason;
  }

  /** Writes the streams' states into the world's state. */
  saveStreams(): void {
    this.#state.streams = this.#streams.states;
  }
}
