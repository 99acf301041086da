import type { SimulatedEvent } from '#src/journal/events.js';
import type { EndReason } from '#src/journal/reasons.js';
import type {
  EncodeRequest,
  ExchangeDecision,
  GradientRequest,
  NodeContext,
  Timer,
  TrainingRequest,
} from '#src/nodes/context.js';
import type { Message, ValueId } from '#src/nodes/messages.js';
import type { AggregationInput } from '#src/rules/running/contribution.js';
import { openStream, type RandomStream } from '#src/simulation/random.js';

export interface Sent {
  from: string;
  to: string;
  message: Message;
}

/** The round of a message of rounds of one model. */
export function roundOf(message: Message): number {
  if (!('round' in message)) throw new Error(`${message.type} has no round`);
  return message.round;
}

export interface SetTimer {
  node: string;
  delayUs: number;
  timer: Timer;
  needs: ValueId | undefined;
}

/**
 * A world in which nothing happens by itself: it writes down what nodes do and counts the owners
 * of values. A message under way and a timer own nothing here, so a test hands a message over
 * while its value is still owned, or keeps the value itself.
 */
export class FakeContext implements NodeContext {
  nowUs = 0;
  readonly sent: Sent[] = [];
  readonly timers: SetTimer[] = [];
  readonly journal: SimulatedEvent[] = [];
  readonly admitted: ValueId[] = [];
  /** Vectors that were aggregated, as lists that go together. */
  readonly aggregations: ReturnType<typeof listsOf>[] = [];
  readonly updates: {
    theta: ValueId;
    aggregate: ValueId;
    optimiserState: ValueId | null;
    learningRate: number;
  }[] = [];
  optimiserHasState = false;
  workersHaveMomentum = false;
  readonly momenta: [gradient: ValueId, previous: ValueId | null, momentum: ValueId][] = [];
  readonly stands: [server: string, aggregate: ValueId][] = [];
  /** Workers that began work on a version, or ended it (null). */
  readonly work: [worker: string, version: number | null][] = [];
  mayWork = true;
  finished: EndReason | null = null;
  /** Workers whose samples are poisoned. */
  readonly poisoned = new Set<string>();
  /** Aggregates that turn out to have had too few finite vectors. */
  readonly skipped = new Set<ValueId>();
  readonly #owners = new Map<ValueId, number>();
  readonly #last = new Map<string, ValueId>();
  readonly #streams = new Map<string, RandomStream>();
  readonly #next = { gradient: 0, result: 0 };
  #nextValue = 100;

  /** Servers' own gradients: of which server, aggregation and model. */
  readonly references: [server: string, aggregation: number, theta: ValueId][] = [];

  describeReference(server: string, aggregation: number, theta: ValueId): ValueId {
    this.references.push([server, aggregation, theta]);
    return this.value();
  }

  /** The digits at the end of its id. */
  numberOf(node: string): number {
    return Number(/\d*$/.exec(node)![0]);
  }

  /** A value that the caller owns. */
  value(): ValueId {
    const id = this.#nextValue;
    this.#nextValue += 1;
    this.#owners.set(id, 1);
    return id;
  }

  /** Values with an owner, and how many owners each has. */
  get alive(): Record<ValueId, number> {
    return Object.fromEntries(this.#owners);
  }

  send(from: string, to: string, message: Message): void {
    if ('value' in message) this.#check(message.value);
    this.sent.push({ from, to, message });
  }

  after(node: string, delayUs: number, timer: Timer, needs?: ValueId): void {
    this.timers.push({ node, delayUs, timer, needs });
  }

  record(event: SimulatedEvent): void {
    this.journal.push(event);
  }

  /** The streams of probability that were asked for. */
  get streamNames(): string[] {
    return [...this.#streams.keys()];
  }

  random(name: string): RandomStream {
    const stream = this.#streams.get(name) ?? openStream(1, name);
    this.#streams.set(name, stream);
    return stream;
  }

  nextId(counter: 'gradient' | 'result'): number {
    const id = this.#next[counter];
    this.#next[counter] += 1;
    return id;
  }

  keep(value: ValueId): void {
    this.#owners.set(value, this.#check(value) + 1);
  }

  release(value: ValueId): void {
    const owners = this.#check(value) - 1;
    if (owners > 0) this.#owners.set(value, owners);
    else this.#owners.delete(value);
  }

  nextSampleUs(): null {
    return null;
  }

  isPoisoned(worker: string): boolean {
    return this.poisoned.has(worker);
  }

  /** Windows that workers took, and what was trained and added, with what it gave. */
  readonly trained: [TrainingRequest, value: ValueId][] = [];
  readonly sums: [a: ValueId, b: ValueId, scale: number, sum: ValueId][] = [];
  /** By worker: the windows still to come. */
  readonly windows = new Map<string, { endUs: number | null; items: Uint32Array }[]>();

  train(request: TrainingRequest): { value: ValueId; optimiserState: ValueId | null } {
    this.#check(request.theta);
    const value = this.value();
    this.trained.push([request, value]);
    return { value, optimiserState: this.workersHaveMomentum ? this.value() : null };
  }

  addScaled(a: ValueId, b: ValueId, scale: number): ValueId {
    this.#check(a);
    this.#check(b);
    const sum = this.value();
    this.sums.push([a, b, scale, sum]);
    return sum;
  }

  nextWindowEndUs(worker: string): number | null {
    const next = this.windows.get(worker)?.[0];
    return next === undefined ? Number.POSITIVE_INFINITY : next.endUs;
  }

  takeWindow(worker: string): Uint32Array {
    return this.windows.get(worker)!.shift()!.items;
  }

  describeGradient({ theta }: GradientRequest): ValueId {
    this.#check(theta);
    return this.value();
  }

  advanceMomentum(gradient: ValueId, previous: ValueId | null): ValueId | null {
    this.#check(gradient);
    if (previous !== null) this.#check(previous);
    if (!this.workersHaveMomentum) return null;
    const momentum = this.value();
    this.momenta.push([gradient, previous, momentum]);
    return momentum;
  }

  beginWork(worker: string, version: number): boolean {
    this.work.push([worker, version]);
    return this.mayWork;
  }

  endWork(worker: string): void {
    this.work.push([worker, null]);
  }

  admit(value: ValueId): void {
    this.#check(value);
    this.admitted.push(value);
  }

  aggregate(input: AggregationInput<ValueId>): ValueId {
    for (const { vector } of input.contributions) this.#check(vector);
    this.aggregations.push(listsOf(input));
    return this.value();
  }

  commitAggregate(server: string, aggregate: ValueId): void {
    this.keep(aggregate);
    const last = this.#last.get(server);
    if (last !== undefined) this.release(last);
    this.#last.set(server, aggregate);
    this.stands.push([server, aggregate]);
  }

  dropAggregatorState(server: string): void {
    const last = this.#last.get(server);
    if (last !== undefined) this.release(last);
    this.#last.delete(server);
  }

  hasNoResult(aggregate: ValueId): boolean {
    this.#check(aggregate);
    return this.skipped.has(aggregate);
  }

  advanceOptimiser(
    theta: ValueId,
    aggregate: ValueId,
    optimiserState: ValueId | null,
  ): ValueId | null {
    this.#check(theta);
    this.#check(aggregate);
    if (optimiserState !== null) this.#check(optimiserState);
    return this.optimiserHasState ? this.value() : null;
  }

  update(
    theta: ValueId,
    aggregate: ValueId,
    optimiserState: ValueId | null,
    learningRate: number,
  ): ValueId {
    this.#check(theta);
    this.#check(aggregate);
    if (optimiserState !== null) this.#check(optimiserState);
    this.updates.push({ theta, aggregate, optimiserState, learningRate });
    return this.value();
  }

  measure(): ValueId {
    throw new Error('no test of a single node decides on numbers');
  }

  decision(): ExchangeDecision {
    throw new Error('no test of a single node decides on numbers');
  }

  encode(_: EncodeRequest): ValueId {
    throw new Error('no test of a single node encodes');
  }

  encodedCount(): number {
    throw new Error('no test of a single node encodes');
  }

  withoutSent(): ValueId {
    throw new Error('no test of a single node encodes');
  }

  evaluate(theta: ValueId): ValueId {
    this.#check(theta);
    return this.value();
  }

  finish(reason: EndReason): void {
    this.finished = reason;
  }

  /** Takes out what was sent so far. */
  takeSent(): Sent[] {
    return this.sent.splice(0);
  }

  takeTimers(): SetTimer[] {
    return this.timers.splice(0);
  }

  takeJournal(): SimulatedEvent[] {
    return this.journal.splice(0);
  }

  #check(value: ValueId): number {
    const owners = this.#owners.get(value);
    if (owners === undefined) throw new Error(`value ${value} has no owner any more`);
    return owners;
  }
}

function listsOf({ contributions, ...input }: AggregationInput<ValueId>) {
  const weights = contributions.map(({ weight }) => weight);
  return {
    ...input,
    inputs: contributions.map(({ vector }) => vector),
    senders: contributions.map(({ sender }) => sender),
    byzantine: contributions.map(({ byzantine }) => byzantine),
    staleness: contributions.map(({ staleness }) => staleness),
    weights: weights[0] === undefined ? null : weights,
  };
}
