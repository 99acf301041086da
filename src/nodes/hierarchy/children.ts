import type { TimeUs } from '../../simulation/time.ts';

/** State of the children of a server in a tree of models: plain data. */
export interface ChildrenState {
  /** Child servers that are with it. */
  servers: string[];
  /** Workers associated with it, in the order in which they came. */
  workers: string[];
  /** Children that send nothing any more, and whose last update is merged or will never come. */
  done: string[];
  /** Children whose last update is here and not merged. */
  leaving: { child: string; update: number }[];
  /** By child: the last update that came. */
  received: Map<string, number>;
  /** Children that say that they are done, but whose last update has not come. */
  overtaken: string[];
  /** Children that get its model once their update is merged. */
  asking: { child: string; update: number }[];
  /** By child that is a standby: the servers whose children are with it. */
  standIns: Map<string, string[]>;
  /** Workers that are about to come from a server that is lost, or back from its standby. */
  expected: string[];
  /** Those that take part in the open round; null where all do. */
  participants: string[] | null;
  /** By child, where only some take part: when it was sent a model, and how long its next update took. */
  answers: Map<string, { askedUs: TimeUs; tookUs: TimeUs | null }>;
}

/** `servers`: its child servers; a server without any has workers. */
export function newChildren(servers: readonly string[]): ChildrenState {
  return {
    ...{
      servers: [...servers],
      workers: [],
      done: [],
      leaving: [],
      received: new Map(),
      overtaken: [],
      asking: [],
    },
    ...{ participants: null, answers: new Map(), standIns: new Map(), expected: [] },
  };
}

/** Keeps count of a server's children: child servers, or the workers that are with it. */
export class Children {
  readonly #state: ChildrenState;
  readonly #members: 'servers' | 'workers';
  /** Whether an update waits to be merged. */
  readonly #isCollected: (update: number) => boolean;

  constructor(
    state: ChildrenState,
    members: 'servers' | 'workers',
    isCollected: (update: number) => boolean,
  ) {
    this.#state = state;
    this.#members = members;
    this.#isCollected = isCollected;
  }

  get all(): readonly string[] {
    return this.#state[this.#members];
  }

  /** How many may still send something. */
  get active(): number {
    return this.activeOnes.length;
  }

  get activeOnes(): readonly string[] {
    const { done } = this.#state;
    const all = this.all;
    // Asked at every update of every child, mostly before any is done.
    if (done.length === 0) return all;
    const gone = new Set(done);
    return all.filter((child) => !gone.has(child));
  }

  /** Whether no child will send anything more. False while there are none. */
  get isOver(): boolean {
    const { done, leaving, expected } = this.#state;
    const all = this.all;
    if (expected.length > 0 || all.length === 0 || done.length + leaving.length < all.length)
      return false;
    const gone = new Set([...done, ...leaving.map(({ child }) => child)]);
    return all.every((child) => gone.has(child));
  }

  join(child: string): void {
    this.#state[this.#members].push(child);
    this.expect([child], false);
  }

  leave(child: string): void {
    const state = this.#state;
    state[this.#members] = this.all.filter((other) => other !== child);
    state.asking = state.asking.filter((each) => each.child !== child);
    state.standIns.delete(child);
  }

  /** These workers are about to come, or no longer. */
  expect(workers: readonly string[], areComing: boolean): void {
    const state = this.#state;
    const others = state.expected.filter((other) => !workers.includes(other));
    state.expected = areComing ? [...others, ...workers] : others;
  }

  /** The children of a server are with that child, or no longer. */
  standsIn(child: string, server: string, isAway: boolean): void {
    const { standIns } = this.#state;
    const others = (standIns.get(child) ?? []).filter((other) => other !== server);
    standIns.set(child, isAway ? [...others, server] : others);
  }

  /**
   * Whether to believe one that says that it is done: it is a child, and both know of the same servers whose
   * children are with it. Otherwise one of them has not heard of a failover, and it is asked to say so again.
   */
  isUpToDate(child: string, standsFor: readonly string[] = []): boolean {
    const known = this.#state.standIns.get(child) ?? [];
    const isChild = this.#members === 'workers' || this.all.includes(child);
    return (
      isChild &&
      known.length === standsFor.length &&
      known.every((server) => standsFor.includes(server))
    );
  }

  /** A child that was done has others below it now. */
  reopen(child: string): void {
    const state = this.#state;
    for (const key of ['done', 'overtaken'] as const) {
      state[key] = state[key].filter((other) => other !== child);
    }
    state.leaving = state.leaving.filter((each) => each.child !== child);
  }

  /** An update has come. `pulls`: its sender asks for the model with it in. */
  received(
    child: string,
    {
      update,
      pulls = false,
      isLast = false,
    }: { update: number; pulls?: boolean; isLast?: boolean },
  ): void {
    const state = this.#state;
    state.received.set(child, update);
    if (pulls) state.asking.push({ child, update });
    if (isLast) state.leaving.push({ child, update });
  }

  /** A child asks for the model, which is not there yet. */
  asks(child: string): void {
    if (!this.isAsking(child)) this.#state.asking.push({ child, update: -1 });
  }

  /** Whether a child has asked for the model, and has not been sent it. */
  isAsking(child: string): boolean {
    return this.#state.asking.some((each) => each.child === child);
  }

  /**
   * A child says that it is done. `update`: its last one, which this short message may have overtaken,
   * or which is lost. Out: whether to believe it; otherwise it says so again, and then nothing of it is
   * on the way any more.
   */
  isDone(child: string, update: number | null): boolean {
    const state = this.#state;
    const isHere = update === null || (state.received.get(child) ?? -1) >= update;
    if (!isHere && !state.overtaken.includes(child)) {
      state.overtaken.push(child);
      return false;
    }
    if (!state.leaving.some((each) => each.child === child)) this.#end(child);
    return true;
  }

  /** Something was merged: those whose last update was in it are done. */
  merged(): void {
    const state = this.#state;
    const left = state.leaving.filter(({ update }) => !this.#isCollected(update));
    state.leaving = state.leaving.filter((each) => !left.includes(each));
    for (const { child } of left) this.#end(child);
  }

  /** Takes out those that asked for the model, and whose update is merged. */
  takeAsking(): string[] {
    const state = this.#state;
    const { participants } = state;
    const ready = state.asking.filter(
      ({ child, update }) =>
        (participants === null || participants.includes(child)) && !this.#isCollected(update),
    );
    state.asking = state.asking.filter((each) => !ready.includes(each));
    return ready.map(({ child }) => child);
  }

  /** The server has lost its memory: no child is answered. */
  forget(): void {
    this.#state.asking = [];
  }

  #end(child: string): void {
    if (!this.#state.done.includes(child)) this.#state.done.push(child);
  }
}
