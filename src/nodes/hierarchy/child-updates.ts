import type { ParticipantRule } from '../../rules/contract/participants.ts';
import type { Chosen } from '../../rules/running/chosen.ts';
import { type Closing, Collection } from '../collection.ts';
import { entryOf } from '../collection-entry.ts';
import type { CollectionState } from '../collection-state.ts';
import type { NodeContext, Timer } from '../context.ts';
import type { Message, ValueId } from '../messages.ts';
import { takesAll } from '../round-mode.ts';
import type { ServerLayerSettings, ServerPlace } from '../settings.ts';
import { Children, type ChildrenState } from './children.ts';
import { endLostMerges } from './lost-merges.ts';
import { Participants } from './participants.ts';

/** A server that collects updates: plain data. */
export interface CollectingState {
  id: string;
  /** The server above that it is with; null at the root. */
  parent: string | null;
  down: boolean;
  collection: CollectionState;
  children: ChildrenState;
  /** Servers whose children are with it while they are lost. */
  standsFor: string[];
  /** An aggregate wakes it when its time is over. */
  isAggregating: boolean;
}

/** The children of a server are with this one from now on, or no longer. */
export function standFor(state: CollectingState, server: string, isAway: boolean): void {
  const others = state.standsFor.filter((other) => other !== server);
  state.standsFor = isAway ? [...others, server] : others;
}

/** Those children, as a message lists them. */
export function standing({ standsFor }: Pick<CollectingState, 'standsFor'>): {
  standsFor?: string[];
} {
  return standsFor.length > 0 ? { standsFor: [...standsFor] } : {};
}

/** Operations of the server that collects. */
interface Collector {
  /** Of its newest model. */
  version: () => number;
  theta: () => ValueId;
  /** True where there is a model to merge into, or none is needed. */
  isReady: () => boolean;
  /** Sends the model to these children, or asks for it. */
  answer: () => void;
  /** All children are done and everything is merged. */
  over: () => void;
}

/** Collects the updates of a server's children, until none of them sends anything more. */
export class ChildUpdates {
  readonly children: Children;
  readonly #state: CollectingState;
  readonly #layer: ServerLayerSettings;
  readonly #context: NodeContext;
  readonly #collector: Collector;
  readonly #collection: Collection;
  /** Null where all children take part in every round. */
  readonly #participants: Participants | null;

  constructor(
    state: CollectingState,
    place: ServerPlace,
    layer: ServerLayerSettings,
    context: NodeContext,
    collector: Collector,
    rule: Chosen<ParticipantRule> | null = null,
  ) {
    this.#state = state;
    this.#layer = layer;
    this.#context = context;
    this.#collector = collector;
    const { collection } = state;
    const members = place.children.length > 0 ? 'servers' : 'workers';
    this.children = new Children(state.children, members, (update) =>
      collection.entries.some(({ kind, id }) => kind === 'update' && id === update),
    );
    this.#participants =
      rule === null
        ? null
        : new Participants(state.id, state.children, this.children, rule, context);
    const { theta } = collector;
    this.#collection = new Collection(collection, place, layer, takesAll, context, theta);
  }

  /** Of a merge: 1, or 1 / the children whose updates could be in it. */
  get share(): number {
    // Those that are done with this very merge are among them: it opened before.
    const { children } = this.#state.collection;
    return this.#layer.sharesByChildren ? 1 / Math.max(1, children) : 1;
  }

  open(): void {
    const { collection } = this.#state;
    const round = collection.round + 1;
    this.#participants?.draw(round);
    const { active: children } = this.#participants ?? this.children;
    const opening = { round, version: this.#collector.version(), children };
    this.#closed(this.#collection.open(opening));
    if (this.#participants !== null) this.#collector.answer();
  }

  receive(from: string, message: Message & { type: 'update' }): void {
    const { update, pulls = false, standsFor } = message;
    const isLast = message.isLast === true && this.children.isUpToDate(from, standsFor);
    this.children.received(from, { update, pulls, isLast });
    this.#participants?.answered(from);
    if (isLast) this.#acknowledge(from);
    const taken = this.#collection.take(entryOf(from, message)!);
    if (taken === 'behind') {
      this.children.merged();
      this.#collector.answer();
    } else this.#closed(taken);
    this.recount();
  }

  isDone(from: string, { update, standsFor }: Message & { type: 'done' }): void {
    if (!this.children.isUpToDate(from, standsFor)) return;
    if (!this.children.isDone(from, update)) return;
    this.#acknowledge(from);
    this.recount();
  }

  woken(timer: Timer & { kind: 'deadline' | 'decide' }): void {
    this.#closed(this.#collection.woken(timer));
  }

  /** A merge is over. */
  merged(): void {
    this.#state.isAggregating = false;
    this.children.merged();
  }

  /** Takes out those that are to be sent the model now. */
  takeAsking(): string[] {
    const children = this.children.takeAsking();
    this.#participants?.asked(children);
    return children;
  }

  /** A child asks for the model. Out: whether it waits for a round that it takes part in. */
  asks(child: string): boolean {
    if (this.#participants === null) return false;
    this.children.asks(child);
    const { collection } = this.#state;
    // The first that asks, when all have joined; or those that took part have gone.
    if (collection.open && this.#participants.active === 0) {
      this.#participants.draw(collection.round);
      this.recount();
    }
    return true;
  }

  /** Whether nothing will be merged any more. */
  get isLast(): boolean {
    const { collection, isAggregating } = this.#state;
    return this.children.isOver && collection.entries.length === 0 && !isAggregating;
  }

  /** The server has a newer model. */
  overtake(version: number): void {
    if (this.#state.collection.open) this.#closed(this.#collection.overtake(version));
  }

  /** Those that it waits for have changed: there may be enough by now, or nothing more to come. */
  recount(): void {
    const { collection, down, isAggregating } = this.#state;
    if (down || !collection.open) return;
    const { isOver, active } = this.children;
    const participants = this.#participants;
    collection.children = (participants ?? this.children).active;
    if (isOver && collection.entries.length === 0) {
      if (!isAggregating) this.#collector.over();
    } else if (isOver && collection.attempt === null) {
      // The last of its children has sent its last update: what is there is merged.
      this.woken({ kind: 'deadline', round: collection.round });
    } else if (active > 0) this.#closed(this.#collection.retry());
  }

  crash(ownState: 'lost' | 'kept', timers: readonly Timer[]): void {
    const state = this.#state;
    state.down = true;
    state.isAggregating = false;
    endLostMerges(state.id, state.parent, timers, this.#context);
    this.#collection.crash(ownState, []);
    if (ownState === 'kept') return;
    this.children.forget();
    this.#context.dropAggregatorState(state.id);
  }

  recover(): void {
    if (this.#state.collection.open) this.#closed(this.#collection.recover());
    else if (this.#collector.isReady()) this.open();
  }

  /** Continues after the model needed for merging is there: after a crash no round is open. */
  reopen(): void {
    const { collection, isAggregating } = this.#state;
    if (!collection.open && !isAggregating) this.open();
  }

  #closed(closing: Closing | null): void {
    if (closing !== null) this.#participants?.close();
    if (closing === 'aggregate') this.#state.isAggregating = true;
    // Without results, those that wait for their merge get the model as it is.
    if (closing === 'none') {
      this.#collector.answer();
      this.open();
    }
  }

  #acknowledge(child: string): void {
    this.#context.send(this.#state.id, child, { type: 'closed', round: 0 });
  }
}
