import type { DropReason } from '../journal/reasons.ts';
import { drawDurationUs } from '../simulation/duration.ts';
import type { NodeContext, Timer } from './context.ts';
import { isOlder } from './is-older.ts';
import type { Message } from './messages.ts';
import type { RoundMode } from './round-mode.ts';
import type { WorkerSettings } from './settings.ts';
import type { StartedGradient, WorkerState } from './worker-state.ts';

/** The program of one worker. */
export class Worker {
  readonly #state: WorkerState;
  readonly #settings: WorkerSettings;
  readonly #mode: RoundMode;
  readonly #context: NodeContext;

  constructor(state: WorkerState, settings: WorkerSettings, mode: RoundMode, context: NodeContext) {
    this.#state = state;
    this.#settings = settings;
    this.#mode = mode;
    this.#context = context;
  }

  /** It is now with another server, or with none. */
  associate(server: string | null, reason: DropReason): void {
    const state = this.#state;
    if (state.computing !== null) this.#endWork();
    if (this.#settings.departure === 'drop') this.#giveUp(() => true, reason);
    this.#forgetModel();
    state.server = server;
    state.closedRound = 0;
    if (state.down) return;
    this.#sendUnsent();
    this.#goOn();
  }

  /** Its computation is discarded; with its state lost, everything that it has. */
  crash(ownState: 'lost' | 'kept'): void {
    const state = this.#state;
    const { computing } = state;
    Object.assign(state, { down: true, sampleUs: null });
    this.#giveUp((work) => ownState === 'lost' || work === computing, 'crashed');
    if (ownState === 'kept') return;
    this.#forgetModel();
    this.#forgetMomentum();
    state.sent.clear();
    state.closedRound = 0;
  }

  /** Where it is now; its server sends it a model, as to one that comes. */
  recover(): void {
    this.#state.down = false;
    this.#sendUnsent();
    this.#startGradient();
  }

  /** It leaves the run: everything that it has is discarded. */
  leaveMap(): void {
    this.#state.kind = null;
    this.#giveUp(() => true, 'left-map');
    this.#forgetMomentum();
  }

  /** The device has lost its memory, or another one takes its place. */
  #forgetMomentum(): void {
    const { momentum } = this.#state;
    if (momentum !== null) this.#context.release(momentum);
    this.#state.momentum = null;
  }

  receive(from: string, message: Message): void {
    // A server that it has left in the meantime may still be within reach.
    if (from !== this.#state.server) return;
    if (message.type === 'theta') this.#receiveModel(message);
    else if (message.type === 'closed') this.#roundClosed(message.round);
  }

  wake(timer: Timer): void {
    const { computing } = this.#state;
    if (timer.kind === 'sampled') this.#startGradient();
    if (timer.kind !== 'computed' || timer.gradient !== computing?.gradient) return;
    this.#state.computing = null;
    this.#advanceMomentum(computing);
    this.#endWork();
    if (this.#mayDeliver(computing)) this.#send(computing);
    else this.#state.unsent.push(computing);
    this.#startGradient();
  }

  #sendUnsent(): void {
    const state = this.#state;
    const ready = state.unsent.filter((work) => this.#mayDeliver(work));
    state.unsent = state.unsent.filter((work) => !ready.includes(work));
    for (const work of ready) this.#send(work);
  }

  /** With momentum it sends that instead, which holds every gradient it has finished. */
  #advanceMomentum(work: StartedGradient): void {
    const momentum = this.#context.advanceMomentum(work.value, this.#state.momentum);
    if (momentum === null) return;
    this.#forgetMomentum();
    this.#context.release(work.value);
    this.#context.keep(momentum);
    this.#state.momentum = momentum;
    work.value = momentum;
  }

  /** Registers the work in progress with the server that it is with now. */
  #goOn(): void {
    const { id, computing } = this.#state;
    if (!this.#isBounded || computing === null || !this.#mayDeliver(computing)) return;
    if (this.#context.beginWork(id, computing.version)) return;
    this.#giveUp((work) => work === computing, 'stale');
  }

  #receiveModel({ round, version, value: theta, resend }: Message & { type: 'theta' }): void {
    if (resend === true) this.#forgetRound();
    const { model, closedRound } = this.#state;
    if (this.#mode.isSynchronous) {
      // A short message overtakes a long one: the round may be closed before its model is here.
      // And a worker that came back within a round is sent the same model twice.
      if (round <= closedRound || (model !== null && round <= model.round)) return;
      this.#giveUp((work) => work.round !== round, 'round-closed');
    } else {
      // Overtaken on the way.
      if (model !== null && isOlder({ round, version }, model)) return;
      const { maximumStaleness: bound } = this.#mode;
      this.#giveUp((work) => bound !== null && version - work.version > bound, 'stale');
    }
    this.#context.keep(theta);
    this.#forgetModel();
    this.#state.model = { round: Math.max(round, closedRound + 1), version, theta };
    this.#startGradient();
  }

  /** Its server has lost what it was sent. */
  #forgetRound(): void {
    const state = this.#state;
    this.#forgetModel();
    state.closedRound = 0;
    state.sent.delete(state.server!);
  }

  #roundClosed(round: number): void {
    const state = this.#state;
    state.closedRound = Math.max(state.closedRound, round);
    if (this.#mode.isSynchronous) {
      const isOver = (work: StartedGradient) => work.round === round && this.#mayDeliver(work);
      this.#giveUp(isOver, 'round-closed');
      if (state.model?.round === round) this.#forgetModel();
    } else if (state.model !== null) {
      // Vectors that it sends from now on count for the next round.
      state.model.round = Math.max(state.model.round, round + 1);
      this.#startGradient();
    }
  }

  #startGradient(): void {
    const { id: worker, computing, model, server, kind } = this.#state;
    const { maxPerWorker, gradientByKind, gradient: anyKind, localSteps } = this.#settings;
    if (computing !== null || model === null || server === null) return;
    const { round, version, theta } = model;
    const limit = maxPerWorker.get(server) ?? Number.POSITIVE_INFINITY;
    if (this.#sentTo(server, round) >= limit || !this.#hasSample()) return;
    // Otherwise a newer model is on its way.
    if (this.#isBounded && !this.#context.beginWork(worker, version)) return;
    const gradient = this.#context.nextId('gradient');
    const poisoned = this.#context.isPoisoned(worker);
    const what = { server, round, version, ...(poisoned && { poisoned }) };
    this.#context.record({ type: 'gradient-started', gradient, worker, ...what });
    const value = this.#context.describeGradient({
      ...{ gradient, theta, worker, server, version, poisoned },
    });
    this.#state.computing = { gradient, value, ...what };
    const duration = (kind === null ? undefined : gradientByKind[kind]) ?? anyKind;
    let delayUs = 0;
    for (let step = 0; step < localSteps; step += 1) {
      delayUs += drawDurationUs(duration, () => this.#context.random(`device/${worker}`));
    }
    this.#context.after(worker, delayUs, { kind: 'computed', gradient });
  }

  /** Otherwise it is woken by the first one. */
  #hasSample(): boolean {
    const { id, sampleUs: awaitedUs } = this.#state;
    const sampleUs = this.#context.nextSampleUs(id);
    this.#state.sampleUs = sampleUs;
    if (sampleUs === null) return true;
    if (sampleUs !== awaitedUs && sampleUs < Number.POSITIVE_INFINITY) {
      this.#context.after(id, sampleUs - this.#context.nowUs, { kind: 'sampled' });
    }
    return false;
  }

  get #isBounded(): boolean {
    return this.#mode.maximumStaleness !== null;
  }

  #endWork(): void {
    if (this.#isBounded) this.#context.endWork(this.#state.id);
  }

  #mayDeliver({ server }: StartedGradient): boolean {
    const { server: current } = this.#state;
    if (current === null) return false;
    return server === current || this.#settings.departure === 'carry';
  }

  #send({ gradient, value, round, version, poisoned }: StartedGradient): void {
    const { id, server: to, model } = this.#state;
    const mark = poisoned && { poisoned };
    this.#context.send(id, to!, { type: 'gradient', round, version, gradient, value, ...mark });
    this.#context.release(value);
    // Out of step a server's rounds are its own, and it may have closed since this one was begun.
    const known = model?.round ?? this.#state.sent.get(to!)?.round ?? 0;
    const counted = this.#mode.isSynchronous ? round : known;
    this.#state.sent.set(to!, { round: counted, gradients: this.#sentTo(to!, counted) + 1 });
  }

  #sentTo(server: string, round: number): number {
    const last = this.#state.sent.get(server);
    return last?.round === round ? last.gradients : 0;
  }

  /** Gives up what it has begun, of such kind: under way, or kept. */
  #giveUp(isSuch: (work: StartedGradient) => boolean, reason: DropReason): void {
    const state = this.#state;
    const { computing, unsent } = state;
    for (const work of unsent.filter(isSuch)) this.#drop(work, reason);
    state.unsent = unsent.filter((work) => !isSuch(work));
    if (computing === null || !isSuch(computing)) return;
    this.#drop(computing, reason);
    state.computing = null;
    this.#endWork();
  }

  #drop({ gradient, value, server }: StartedGradient, reason: DropReason): void {
    const { id: worker } = this.#state;
    const end = { outcome: 'dropped', reason } as const;
    this.#context.record({ type: 'gradient-ended', gradient, worker, server, ...end });
    this.#context.release(value);
  }

  #forgetModel(): void {
    const { model } = this.#state;
    if (model !== null) this.#context.release(model.theta);
    this.#state.model = null;
  }
}
