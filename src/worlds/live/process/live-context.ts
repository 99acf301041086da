import type { SimulatedEvent } from '../../../journal/events.ts';
import type { LossReason } from '../../../journal/reasons.ts';
import { Sampler } from '../../../learning/sampling/sampler.ts';
import { openWindows, WindowSource } from '../../../learning/windows/window-source.ts';
import type { Signal } from '../../../mobility/radio/signal.ts';
import { constantLinks } from '../../../network/constant-links.ts';
import { SharedLinks } from '../../../network/shared-links.ts';
import type {
  GradientRequest,
  MeasureRequest,
  NodeContext,
  Timer,
  TrainingRequest,
} from '../../../nodes/context.ts';
import type { Message, ValueId } from '../../../nodes/messages.ts';
import { NamedStreams } from '../../../simulation/named-streams.ts';
import type { RandomStream } from '../../../simulation/random.ts';
import { type TimeUs, usToSeconds } from '../../../simulation/time.ts';
import { collectedBy } from '../../batch-source.ts';
import type { Computations } from '../../computing/computations.ts';
import { ValueContext } from '../../computing/value-context.ts';
import type { ValueStore } from '../../computing/value-store.ts';
import { dataOwner } from '../../data-owner.ts';
import { MessageSender } from '../../message-sender.ts';
import { Reach } from '../../reach.ts';
import type { WorldSettings } from '../../world-settings.ts';
import { type Envelope, envelopesOf } from '../protocol/envelope.ts';
import type { LiveClock } from '../protocol/live-clock.ts';
import type { TransferMessage } from '../protocol/transfer-message.ts';
import type { Reports } from './reports.ts';
import { SharedMessages } from './shared-messages.ts';

/** Operations of a process for its nodes besides those of the context itself. */
export interface ProcessServices {
  settings: WorldSettings;
  clock: LiveClock;
  values: ValueStore;
  computations: Computations;
  reports: Reports;
  /** Ids unique to this process: `first`, `first + step`, … */
  numbers: { first: number; step: number };
  /** Whether computing takes its real time, or at least the time of the device model. */
  compute: 'measured' | 'modelled';
  shapesLinks: boolean;
  schedule: (timeUs: TimeUs, timer: { node: string; timer: Timer; needs: ValueId | null }) => void;
  /** Takes what the current event sends. */
  post: (envelope: Envelope) => void;
  beginTransfer: (transfer: TransferMessage) => void;
  /** Sends it at that time, for the first time or again. */
  waitToSend: (timeUs: TimeUs, sending: number) => void;
  /** Requests the batch of a gradient that was described. */
  wantBatch: (owner: string, value: ValueId, beganUs: TimeUs) => void;
  /** Sends the cloud the version that a worker works on; null: it has stopped. */
  sendWork: (worker: string, version: number | null) => void;
  /** Holds the clock of all processes until the value's numbers are computed. */
  holdFor: (value: ValueId) => void;
  finish: (reason: 'epochs' | 'rounds' | 'windows') => void;
}

/** The context of the nodes of one process of the live world. */
export class LiveContext extends ValueContext implements NodeContext {
  /** By worker, then by server: the contact while it lasts. */
  readonly contacts = new Map<string, Map<string, number>>();
  /** By contact that lasts, where the radio's model foretells it. */
  readonly signals = new Map<number, Signal>();
  /** By contact that lasts: until when nothing passes, after a handover. */
  readonly handedOver = new Map<number, TimeUs>();
  /** Nodes here that have crashed. */
  readonly down = new Set<string>();
  /** Servers whose link to the one above is cut. */
  readonly cut = new Set<string>();
  /** Gradients and trainings under way here, by number. */
  readonly gradients = new Map<number, ValueId>();
  /** Of the models seen here: the newest version, and the cloud's newest round. */
  readonly newest = { version: 0, round: 0 };
  readonly recordsTransfers: boolean;
  readonly #services: ProcessServices;
  /** Nodes here that are Byzantine now, or may be drawn. */
  readonly #attackers = new Set<string>();
  readonly #streams: NamedStreams;
  readonly shared: SharedMessages;
  readonly #sender: MessageSender;
  readonly #reach: Reach;
  readonly #cloud: string;
  /** Null without workers that train on windows. */
  readonly #windows: WindowSource | null;
  /** Null without workers that collect samples where they are. */
  readonly #sampler: Sampler | null;
  /** Of gradients whose batch has not come: what their learning rate depends on. */
  readonly #rates = new Map<ValueId, { round: number; time: number }>();
  #eventUs: TimeUs | null = null;
  readonly #given = { gradient: 0, result: 0, message: 0, transfer: 0 };

  constructor(services: ProcessServices) {
    super(services, new Map());
    this.#services = services;
    const { settings, shapesLinks } = services;
    const { seed, servers } = settings;
    this.recordsTransfers = settings.recordsTransfers;
    this.#streams = new NamedStreams(seed);
    this.#reach = new Reach(servers, this.contacts, this.cut, (node) => this.down.has(node));
    const shared = new SharedLinks(settings);
    const way = {
      context: this,
      shared,
      reach: this.#reach,
      signals: this.signals,
      handedOver: this.handedOver,
      // Both ends of a link draw, so each direction has a stream of its own.
      stream: (lower: string, direction: 'up' | 'down') => `link/${lower}/${direction}`,
    };
    this.shared = new SharedMessages({
      ...way,
      nextNumber: (counter) => this.#nextNumber(counter),
      post: services.post,
      begin: services.beginTransfer,
      wait: services.waitToSend,
    });
    this.#sender = new MessageSender({
      ...way,
      ...{ settings, shapesLinks, links: constantLinks(settings) },
      mayBeByzantine: (node) => this.#attackers.has(node),
    });
    const { windows, sampling } = settings;
    // Sensors give the same whichever process asks them, and so does what a worker collects.
    this.#sampler = sampling && new Sampler(sampling);
    this.#windows = windows && new WindowSource(windows, openWindows(windows), this.#sampler);
    this.#cloud = servers.find(({ parent }) => parent === null)!.id;
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
    const out = this.#sender.send(from, to, message);
    if (out === null) return;
    if ('shared' in out) this.shared.send(from, to, out);
    else {
      const number = out.copies.length > 1 ? this.#nextNumber('message') : 0;
      for (const envelope of envelopesOf(from, to, out, number)) {
        if ('value' in out.message) this.keep(out.message.value);
        this.#services.post(envelope);
      }
    }
    if (out.forgedModel !== null) this.release(out.forgedModel);
  }

  /** A node turns Byzantine, or may be drawn to be from now on; or it turns honest. */
  turn(node: string, isByzantine: boolean): void {
    if (isByzantine) this.#attackers.add(node);
    else this.#attackers.delete(node);
  }

  /** Why a message that was sent in that contact, and has arrived now, is not handed over. */
  obstacle(from: string, to: string, message: Message, contact: number | null): LossReason | null {
    return this.#reach.obstacle(from, to, message, contact);
  }

  /** A model has come here. */
  see(from: string, { version, round }: { version: number; round: number }): void {
    const { newest } = this;
    newest.version = Math.max(newest.version, version);
    // Other servers' rounds are their own.
    if (from === this.#cloud) newest.round = Math.max(newest.round, round);
  }

  after(node: string, delayUs: TimeUs, timer: Timer, needs: ValueId | null = null): void {
    const { compute, schedule } = this.#services;
    if (needs !== null) this.keep(needs);
    const isWork =
      timer.kind === 'computed' || timer.kind === 'trained' || timer.kind === 'aggregated';
    const waitUs = isWork && compute === 'measured' ? 0 : delayUs;
    schedule(this.nowUs + waitUs, { node, timer, needs });
  }

  /** The value whose numbers a timer waits for; null for none, undefined when it was given up. */
  neededBy(timer: Timer, needs: ValueId | null): ValueId | null | undefined {
    if (timer.kind === 'aggregated') return timer.value;
    if (timer.kind !== 'computed' && timer.kind !== 'trained') return needs;
    const value = this.gradients.get(timer.gradient);
    return value !== undefined && this.#services.values.has(value) ? value : undefined;
  }

  override train(request: TrainingRequest): { value: ValueId; optimiserState: ValueId | null } {
    const trained = super.train(request);
    this.gradients.set(request.gradient, trained.value);
    return trained;
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

  #nextNumber(counter: 'gradient' | 'result' | 'message' | 'transfer'): number {
    const { first, step } = this.#services.numbers;
    const id = first + step * this.#given[counter];
    this.#given[counter] += 1;
    return id;
  }

  isPoisoned(worker: string): boolean {
    return this.#services.settings.poisons && this.#attackers.has(worker);
  }

  describeGradient(request: GradientRequest): ValueId {
    const { gradient, theta, worker, server, version, poisoned } = request;
    const { settings, values, wantBatch } = this.#services;
    // Items and rate come with the batch: the coordinator keeps the streams of all owners.
    const how = { items: new Uint32Array(0), learningRate: 0, steps: settings.worker.localSteps };
    const job = { theta, poisoned, streamPrefix: `gradient/${gradient}`, ...how };
    const value = values.describe({ kind: 'gradient', ...job });
    this.gradients.set(gradient, value);
    this.#rates.set(value, { round: version, time: usToSeconds(this.nowUs) });
    wantBatch(dataOwner(settings.owners, worker, server), value, this.nowUs);
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

  /** From what is known here, without waiting for the cloud; it learns of it a little later. */
  beginWork(worker: string, version: number): boolean {
    const { maximumStaleness } = this.#services.settings.mode!;
    const { version: newest } = this.newest;
    if (maximumStaleness !== null && newest - version > maximumStaleness) return false;
    this.#services.sendWork(worker, version);
    return true;
  }

  endWork(worker: string): void {
    this.#services.sendWork(worker, null);
  }

  nextWindowEndUs(worker: string): TimeUs | null {
    return this.#windows!.nextEndUs(worker);
  }

  nextSampleUs(worker: string): TimeUs | null {
    return this.#sampler === null ? null : this.#sampler.nextSampleUs(worker, this.nowUs);
  }

  takeWindow(worker: string, isKnown = false): Uint32Array {
    const items = this.#windows!.take(worker);
    if (this.#sampler === null) return items;
    const events = collectedBy(this.#sampler, [worker]);
    if (!isKnown) for (const event of events) this.record(event);
    return items;
  }

  /** The numbers came with the message. */
  admit(): void {}

  override evaluate(theta: ValueId): ValueId {
    const value = super.evaluate(theta);
    this.#services.holdFor(value);
    return value;
  }

  /** An accuracy takes no simulated time: the clock stands still until it is known. */
  override measure(request: MeasureRequest): ValueId {
    const measured = super.measure(request);
    if (request.splits.length > 0) this.#services.holdFor(measured);
    return measured;
  }

  finish(reason: 'epochs' | 'rounds' | 'windows'): void {
    this.#services.finish(reason);
  }
}
