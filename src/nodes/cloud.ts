import { asksForModel } from './asking.ts';
import { type Closing, Collection } from './collection.ts';
import { entryOf } from './collection-entry.ts';
import { type CollectionState, newCollection } from './collection-state.ts';
import type { NodeContext, Timer } from './context.ts';
import { countedGradients, epochAt } from './epoch.ts';
import type { Message, ValueId } from './messages.ts';
import { ModelHolder, type ModelState, newModel, parametersOf } from './model-holder.ts';
import type { RoundMode } from './round-mode.ts';
import type { CloudSettings, ServerLayerSettings, ServerPlace } from './settings.ts';
import {
  beginWork,
  endWork,
  newWorkTable,
  slowestVersion,
  type WorkTable,
  workersOn,
} from './work-table.ts';

/** The root: has a model, opens rounds, and decides when the model is updated and measured. */
export interface CloudState extends ModelState {
  type: 'cloud';
  id: string;
  collection: CollectionState;
  /** Rounds that have ended. */
  rounds: number;
  /** Gradients that workers have started, where these are counted; 0 elsewhere. */
  started: number;
  /** Counted gradients at the last evaluation. */
  evaluatedGradients: number;
  /** Associated workers and what they work on, in rounds with bounded staleness. */
  work: WorkTable;
  /** The last round that was held back for the slowest worker; 0 for none. */
  heldBackRound: number;
}

export function newCloud(id: string, theta: ValueId): CloudState {
  return {
    type: 'cloud',
    id,
    collection: newCollection(),
    ...newModel(theta),
    rounds: 0,
    started: 0,
    evaluatedGradients: 0,
    work: newWorkTable(),
    heldBackRound: 0,
  };
}

/** The cloud's program. */
export class Cloud {
  readonly #state: CloudState;
  readonly #place: ServerPlace;
  readonly #layer: ServerLayerSettings;
  readonly #settings: CloudSettings;
  readonly #mode: RoundMode;
  readonly #context: NodeContext;
  readonly #collection: Collection;
  readonly #model: ModelHolder;

  constructor(
    state: CloudState,
    place: ServerPlace,
    layer: ServerLayerSettings,
    settings: CloudSettings,
    mode: RoundMode,
    context: NodeContext,
  ) {
    this.#state = state;
    this.#place = place;
    this.#layer = layer;
    this.#settings = settings;
    this.#mode = mode;
    this.#context = context;
    const { learningRate } = settings;
    const parameters = parametersOf(state, context);
    const stepping = { hasOptimiser: true, learningRate };
    this.#model = new ModelHolder(state.id, state, parameters, stepping, context);
    const mayClose = () => this.#mayMakeNextVersion();
    this.#collection = new Collection(
      state.collection,
      place,
      layer,
      mode,
      context,
      () => state.theta,
      mayClose,
    );
  }

  /** The run begins: the untrained model is measured and the first round opens. */
  start(): void {
    this.#evaluate();
    this.#openRound(this.#place.children);
  }

  /** Its process was replaced: continues from its checkpoint in a new round. */
  recover(): void {
    const reason = this.#reasonToEnd();
    if (reason !== null) this.#context.finish(reason);
    else this.#openRound(this.#place.children);
  }

  /**
   * The run ends, possibly in the middle of a round: evaluates the model if it has changed since
   * the last evaluation.
   */
  end(): void {
    if (this.#counted > this.#state.evaluatedGradients) this.#evaluate();
  }

  /** Takes the number of gradients started so far, in runs that count these. */
  started(gradients: number): void {
    // The last one was measured, and the end is on its way.
    if (this.#counted >= this.#settings.gradientsAtEnd) return;
    this.#state.started = gradients;
    this.#evaluateWhenDue();
    const reason = this.#reasonToEnd();
    if (reason !== null) this.#context.finish(reason);
  }

  receive(from: string, message: Message): void {
    const entry = entryOf(from, message);
    if (entry === null) return;
    const taken = this.#collection.take(entry);
    if (taken !== 'behind') this.#closed(taken);
    else if (this.#mayAnswer(message)) this.#sendTheta([from]);
  }

  /**
   * In synchronous rounds a late child waits for the next model, except a server that has
   * recovered.
   */
  #mayAnswer(message: Message): boolean {
    return !this.#mode.isSynchronous || (asksForModel(message) && this.#state.collection.open);
  }

  wake(timer: Timer): void {
    if (timer.kind === 'aggregated') {
      const { round, contributors } = this.#state.collection;
      const { value, gradients } = timer;
      this.#model.update(value, { round, epoch: this.#epoch, gradients });
      this.#endRound(contributors);
    } else if (timer.kind === 'deadline' || timer.kind === 'decide') {
      this.#closed(this.#collection.woken(timer));
      if (timer.kind === 'deadline') this.#remindIfHeldBack(timer);
    }
  }

  /** Whether a worker may begin a gradient on this version; if so, it is under way. */
  beginWork(worker: string, version: number): boolean {
    const { maximumStaleness } = this.#mode;
    const { collection, version: newest, work, heldBackRound } = this.#state;
    // Once it has closed, tries to or would, another version follows. While held back, it would
    // otherwise wait for workers that begin on the same old version again and again.
    const { open, attempt, round } = collection;
    const isClosing = !open || attempt !== null || heldBackRound === round;
    const next = isClosing ? newest + 1 : newest;
    if (maximumStaleness !== null && next - version > maximumStaleness) return false;
    beginWork(work, worker, version);
    return true;
  }

  /** Ends the work that a worker began, which is under way at its server no more. */
  endWork(worker: string): void {
    endWork(this.#state.work, worker);
    this.#closed(this.#collection.retry());
  }

  /** The next version may not be too far ahead of what the slowest worker works on. */
  #mayMakeNextVersion(): boolean {
    const { maximumStaleness } = this.#mode;
    if (maximumStaleness === null) return true;
    const { id: server, work, version, collection, heldBackRound } = this.#state;
    const slowest = slowestVersion(work);
    if (version + 1 - slowest <= maximumStaleness) return true;
    const { round } = collection;
    if (heldBackRound < round) {
      const workers = workersOn(work, slowest);
      this.#context.record({ type: 'held-back', server, round, version, slowest, workers });
      this.#state.heldBackRound = round;
    }
    return false;
  }

  /** The slowest worker may have missed a model, so all children get it once more. */
  #remindIfHeldBack(timer: Timer & { kind: 'deadline' }): void {
    const { id, collection } = this.#state;
    const { open, overdue, round } = collection;
    if (!open || !overdue || timer.round !== round) return;
    this.#sendTheta(this.#place.children);
    this.#context.after(id, this.#layer.deadlineUs!, timer);
  }

  #openRound(recipients: readonly string[]): void {
    const { version, rounds } = this.#state;
    const round = rounds + 1;
    const children = this.#place.children.length;
    const closing = this.#collection.open({ round, version, children });
    this.#sendTheta(recipients);
    this.#closed(closing);
  }

  #sendTheta(recipients: readonly string[]): void {
    const { id, collection, version, theta } = this.#state;
    const { round } = collection;
    const message = { type: 'theta', round, version, value: theta } as const;
    for (const child of recipients) this.#context.send(id, child, message);
  }

  #closed(closing: Closing | null): void {
    // Without results there are no contributors to answer, and children that sent none may wait for
    // a model.
    if (closing === 'none') this.#endRound(this.#place.children);
  }

  #endRound(contributors: readonly string[]): void {
    const { id: server } = this.#state;
    const { round } = this.#state.collection;
    this.#state.rounds = round;
    this.#context.record({ type: 'round-ended', server, round });
    this.#evaluateWhenDue();
    const reason = this.#reasonToEnd();
    const { recipients } = this.#mode;
    if (reason !== null) this.#context.finish(reason);
    else this.#openRound(recipients === 'all' ? this.#place.children : contributors);
  }

  #reasonToEnd(): 'epochs' | 'rounds' | null {
    const { gradientsAtEnd, maximumRounds } = this.#settings;
    if (this.#counted >= gradientsAtEnd) return 'epochs';
    if (maximumRounds !== null && this.#state.rounds >= maximumRounds) return 'rounds';
    return null;
  }

  get #counted(): number {
    return countedGradients(this.#settings, this.#state);
  }

  get #epoch(): number {
    return epochAt(this.#settings, this.#state);
  }

  #evaluateWhenDue(): void {
    const every = this.#settings.evaluateEveryGradients;
    const { evaluatedGradients } = this.#state;
    const counted = this.#counted;
    if (Math.floor(counted / every) > Math.floor(evaluatedGradients / every)) this.#evaluate();
  }

  #evaluate(): void {
    const { rounds: round } = this.#state;
    this.#model.evaluate({ round, epoch: this.#epoch, split: this.#settings.split });
    this.#state.evaluatedGradients = this.#counted;
  }
}
