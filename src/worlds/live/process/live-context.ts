import type { SimulatedEvent } from '../../../journal/events.ts';
import type { LossReason } from '../../../journal/reasons.ts';
import { transferUs } from '../../../network/link.ts';
import type { GradientRequest, NodeContext, Timer } from '../../../nodes/context.ts';
import { isUp, type Message, messageBytes, type ValueId } from '../../../nodes/messages.ts';
import type { AggregationInput } from '../../../rules/running/contribution.ts';
import { NamedStreams } from '../../../simulation/named-streams.ts';
import type { RandomStream } from '../../../simulation/random.ts';
import { type TimeUs, usToSeconds } from '../../../simulation/time.ts';
import type { Computations } from '../../computing/computations.ts';
import type { Job } from '../../computing/job.ts';
import type { ValueStore } from '../../computing/value-store.ts';
import { dataOwner } from '../../data-owner.ts';
import { recordLost } from '../../lost-message.ts';
import { Sending } from '../../sending.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { LiveClock } from '../protocol/live-clock.ts';
import type { Parcel } from '../protocol/parcel.ts';
import type { Reports } from './reports.ts';

/** What a host does for its nodes besides what the context does itself. */
export interface HostServices {
  settings: WorldSettings;
  clock: LiveClock;
  values: ValueStore;
  computations: Computations;
  reports: Reports;
  /** Numbers that no other host gives: every so manieth. */
  numbers: { first: number; step: number };
  /** Whether computing takes the time that it takes, or at least what the device model says. */
  compute: 'measured' | 'modelled';
  schedule: (timeUs: TimeUs, timer: { node: string; timer: Timer; needs: ValueId | null }) => void;
  /** Takes what the current event sends. */
  post: (parcel: Parcel) => void;
  /** Asks for the batch of a gradient that was described. */
  wantBatch: (owner: string, value: ValueId) => void;
  /** Tells the cloud what a worker works on; null: nothing any more. */
  tellWork: (worker: string, version: number | null) => void;
  /** Holds the clock of all hosts until the value's numbers are there. */
  holdFor: (value: ValueId) => void;
  finish: (reason: 'epochs' | 'rounds') => void;
}

/** What one process of the live world does for its nodes. */
export class LiveContext implements NodeContext {
  /** By worker, then by server: the contact while it lasts. */
  readonly contacts = new Map<string, Map<string, number>>();
  /** Nodes here that have crashed. */
  readonly down = new Set<string>();
  /** Servers whose link to the one above is cut. */
  readonly cut = new Set<string>();
  /** Gradients under way here, by number. */
  readonly gradients = new Map<number, ValueId>();
  /** Of the models seen here: the newest version, and the cloud's newest round. */
  readonly newest = { version: 0, round: 0 };
  readonly #services: HostServices;
  /** Nodes here that lie now, or may be drawn to. */
  readonly #attackers = new Set<string>();
  readonly #streams: NamedStreams;
  readonly #sending: Sending;
  readonly #servers: ReadonlySet<string>;
  readonly #cloud: string;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #lastAggregates = new Map<string, ValueId>();
  /** Of gradients whose batch has not come: what their learning rate depends on. */
  readonly #rates = new Map<ValueId, { round: number; time: number }>();
  #eventUs: TimeUs | null = null;
  readonly #given = { gradient: 0, result: 0, message: 0 };

  constructor(services: HostServices) {
    this.#services = services;
    const { workers, servers, seed } = services.settings;
    this.#streams = new NamedStreams(seed);
    this.#sending = new Sending(services.settings, this, (node) => this.#attackers.has(node));
    this.#servers = new Set(servers.map(({ id }) => id));
    this.#cloud = servers.find(({ parent }) => parent === null)!.id;
    this.#numbers = new Map([
      ...servers.map(({ id }, number) => [id, number] as const),
      ...workers.map((id, number) => [id, number] as const),
    ]);
  }

  /** While an event is handled, its own time: what follows from it is not late because it was. */
  get nowUs(): TimeUs {
    return this.#eventUs ?? this.#services.clock.nowUs;
  }

  /** Handles an event of that time, which is a little while ago. */
  during(eventUs: TimeUs, handle: () => void): void {
    this.#eventUs = eventUs;
    try {
      handle();
    } finally {
      this.#eventUs = null;
    }
  }

  send(from: string, to: string, message: Message): void {
    const { settings, values, post } = this.#services;
    const contact = this.contactOf(from, to);
    if (contact === undefined) {
      recordLost(from, to, message, 'left-range', this);
      return;
    }
    const way = isUp(message) ? 'up' : 'down';
    const lower = way === 'up' ? from : to;
    if (contact === null && this.cut.has(lower)) {
      recordLost(from, to, message, 'cut', this);
      return;
    }
    const link = contact === null ? settings.links.get(lower)! : settings.radio;
    // Both ends of a link draw, so each way has its own chance.
    const out = this.#sending.copies(from, to, message, link, `link/${lower}/${way}`);
    const told = this.#sending.told(from, message);
    const plainUs = transferUs(link, messageBytes(message, settings.dimension));
    const number = out.length > 1 ? this.#nextNumber('message') : 0;
    for (const { delayUs, corrupted } of out) {
      const extraUs = delayUs - plainUs;
      const isPlain = out.length === 1 && extraUs === 0 && !corrupted;
      const copies = out.length > 1 && { copies: { number, of: out.length } };
      const wire = isPlain ? null : { extraUs, corrupted, ...copies };
      if ('value' in message) values.keep(message.value);
      post({ sentUs: this.nowUs, from, to: [to], contacts: [contact], message: told, wire });
    }
  }

  /** What a node sends from now on is a lie, or may be drawn to be one; or no more. */
  turn(node: string, isByzantine: boolean): void {
    if (isByzantine) this.#attackers.add(node);
    else this.#attackers.delete(node);
  }

  /** Why a message that was sent in that contact, and has arrived now, is not handed over. */
  obstacle(from: string, to: string, message: Message, contact: number | null): LossReason | null {
    if (contact !== this.contactOf(from, to)) return 'left-range';
    if (contact === null && this.cut.has(isUp(message) ? from : to)) return 'cut';
    return this.down.has(to) ? 'crashed' : null;
  }

  /** A model has come here. */
  see(from: string, { version, round }: { version: number; round: number }): void {
    const { newest } = this;
    newest.version = Math.max(newest.version, version);
    // Other servers' rounds are their own.
    if (from === this.#cloud) newest.round = Math.max(newest.round, round);
  }

  /** As this host knows it: undefined when out of range, null between servers. */
  contactOf(a: string, b: string): number | null | undefined {
    if (this.#servers.has(a) && this.#servers.has(b)) return null;
    const [worker, server] = this.#servers.has(b) ? [a, b] : [b, a];
    return this.contacts.get(worker)?.get(server);
  }

  after(node: string, delayUs: TimeUs, timer: Timer, needs: ValueId | null = null): void {
    const { values, compute, schedule } = this.#services;
    if (needs !== null) values.keep(needs);
    const isWork = timer.kind === 'computed' || timer.kind === 'aggregated';
    const waitUs = isWork && compute === 'measured' ? 0 : delayUs;
    schedule(this.nowUs + waitUs, { node, timer, needs });
  }

  /** The value whose numbers a timer waits for; null for none, undefined when it was given up. */
  neededBy(timer: Timer, needs: ValueId | null): ValueId | null | undefined {
    if (timer.kind === 'aggregated') return timer.value;
    if (timer.kind !== 'computed') return needs;
    const value = this.gradients.get(timer.gradient);
    return value !== undefined && this.#services.values.has(value) ? value : undefined;
  }

  record(event: SimulatedEvent, late?: ValueId): void {
    this.#services.reports.record(event, late);
  }

  random(name: string): RandomStream {
    return this.#streams.get(name);
  }

  nextId(counter: 'gradient' | 'result'): number {
    return this.#nextNumber(counter);
  }

  #nextNumber(counter: 'gradient' | 'result' | 'message'): number {
    const { first, step } = this.#services.numbers;
    const id = first + step * this.#given[counter];
    this.#given[counter] += 1;
    return id;
  }

  numberOf(node: string): number {
    return this.#numbers.get(node)!;
  }

  keep(value: ValueId): void {
    this.#services.values.keep(value);
  }

  release(value: ValueId): void {
    this.#services.values.release(value);
  }

  isPoisoned(worker: string): boolean {
    return this.#services.settings.poisons && this.#attackers.has(worker);
  }

  describeGradient(request: GradientRequest): ValueId {
    const { gradient, theta, worker, server, version, poisoned } = request;
    const { settings, values, wantBatch } = this.#services;
    const streams = `gradient/${gradient}`;
    const steps = settings.worker.localSteps;
    // Items and rate come with the batch: the coordinator keeps the streams of all owners.
    const missing = { items: new Uint32Array(0), learningRate: 0 };
    const how = { poisoned, streams, steps, ...missing };
    const value = values.describe({ kind: 'gradient', theta, ...how });
    this.gradients.set(gradient, value);
    this.#rates.set(value, { round: version, time: usToSeconds(this.nowUs) });
    wantBatch(dataOwner(settings.owners, worker, server), value);
    return value;
  }

  /** The batch of a gradient that was described, and the cloud's epoch. False when it was given up. */
  giveBatch(value: ValueId, items: Uint32Array, epoch: number): boolean {
    const { settings, values, computations } = this.#services;
    const { localLearningRate } = settings;
    const at = this.#rates.get(value)!;
    this.#rates.delete(value);
    const job = values.has(value) ? values.job(value) : null;
    if (job?.kind !== 'gradient') return false;
    job.items = items;
    if (localLearningRate !== null) job.learningRate = localLearningRate({ ...at, epoch });
    computations.queue(value);
    return true;
  }

  advanceMomentum(gradient: ValueId, memory: ValueId | null): ValueId | null {
    if (!this.#services.settings.workersRemember) return null;
    return this.#compute({ kind: 'worker-momentum', gradient, memory });
  }

  describeReference(server: string, aggregation: number, theta: ValueId): ValueId {
    const { settings, values } = this.#services;
    const items = settings.references.get(server)!;
    const streams = `reference/${server}/${aggregation}`;
    const how = { poisoned: false, streams, steps: 1, learningRate: 0 };
    return values.describe({ kind: 'gradient', theta, items, ...how });
  }

  /** From what is known here, without waiting for the cloud; it learns of it a little later. */
  beginWork(worker: string, version: number): boolean {
    const { maximumStaleness } = this.#services.settings.mode;
    const { version: newest } = this.newest;
    if (maximumStaleness !== null && newest - version > maximumStaleness) return false;
    this.#services.tellWork(worker, version);
    return true;
  }

  endWork(worker: string): void {
    this.#services.tellWork(worker, null);
  }

  /** The numbers came with the message. */
  admit(): void {}

  aggregate(input: AggregationInput<ValueId>): ValueId {
    const previous = this.#lastAggregates.get(input.server) ?? null;
    return this.#compute({ kind: 'aggregate', ...input, previous });
  }

  commitAggregate(server: string, value: ValueId): void {
    const previous = this.#lastAggregates.get(server);
    this.keep(value);
    if (previous !== undefined) this.release(previous);
    this.#lastAggregates.set(server, value);
  }

  dropAggregatorState(server: string): void {
    const last = this.#lastAggregates.get(server);
    if (last !== undefined) this.release(last);
    this.#lastAggregates.delete(server);
  }

  hasNoResult(aggregate: ValueId): boolean {
    return !this.#services.values.facts(aggregate).present;
  }

  remember(theta: ValueId, aggregate: ValueId, memory: ValueId | null): ValueId | null {
    if (!this.#services.settings.optimiserRemembers) return null;
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
    const value = this.#compute({ kind: 'evaluate', theta });
    this.#services.holdFor(value);
    return value;
  }

  finish(reason: 'epochs' | 'rounds'): void {
    this.#services.finish(reason);
  }

  #compute(job: Job): ValueId {
    const value = this.#services.values.describe(job);
    this.#services.computations.queue(value);
    return value;
  }
}
