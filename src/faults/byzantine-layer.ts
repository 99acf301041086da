import type { RandomSource } from '../rules/contract/plain-data.ts';
import { type ByzantineSettings, howMany } from './byzantine-settings.ts';

/** Which nodes of one layer may be Byzantine, and when and where. */
export interface ByzantineLayerSettings {
  who: ByzantineSettings;
  /** Scope `global`: the nodes that were drawn, or named. */
  fixed: ReadonlySet<string>;
  /** Only while it is a car, a pedestrian, …; null: whatever it is. */
  kind: string | null;
  /** Only while it is inside the region. */
  inRegion: boolean;
  /** From when on, and until when; null: to the end. */
  fromUs: number;
  untilUs: number | null;
}

/** State that changes: plain data. */
export interface ByzantineLayerState {
  /** The attack window is open. */
  on: boolean;
  /** Nodes of that kind, and nodes inside the region. */
  ofKind: Set<string>;
  inside: Set<string>;
  /** Scope `local`: the nodes near each server, in the order in which they came. */
  near: Map<string, string[]>;
  /**
   * Nodes that are Byzantine now; empty for scope `per-aggregation`, which draws at the
   * aggregation.
   */
  byzantine: Set<string>;
}

/** A node that turns Byzantine or honest. `server`: near which it counts, in scope `local`. */
interface ByzantineChange {
  node: string;
  server: string | null;
  byzantine: boolean;
}

export function newByzantineLayerState(): ByzantineLayerState {
  return { on: false, ofKind: new Set(), inside: new Set(), near: new Map(), byzantine: new Set() };
}

/**
 * Keeps the set of Byzantine nodes of one layer while time passes and nodes move.
 *
 * In scope `local` a server's set changes as little as it must: a node that may no longer be
 * Byzantine, or has left, leaves the set; when the set is too small, one of the permitted honest
 * nodes is drawn, and when a fraction comes to fewer nodes, one of the set is drawn to be honest
 * again.
 */
export class ByzantineLayer {
  readonly #settings: ByzantineLayerSettings;
  readonly #state: ByzantineLayerState;
  readonly #randomAt: (server: string) => RandomSource;
  readonly #onTransition: (transition: ByzantineChange) => void;

  /** `randomAt`: each server's own random stream. `onTransition`: called at every change of a node. */
  constructor(
    settings: ByzantineLayerSettings,
    state: ByzantineLayerState,
    randomAt: (server: string) => RandomSource,
    onTransition: (transition: ByzantineChange) => void,
  ) {
    this.#settings = settings;
    this.#state = state;
    this.#randomAt = randomAt;
    this.#onTransition = onTransition;
  }

  /** Nodes that are Byzantine for the whole run are recorded once; all others at each change. */
  get isSteady(): boolean {
    const { who, kind, inRegion, fromUs, untilUs } = this.#settings;
    const isLimited = kind !== null || inRegion || fromUs > 0 || untilUs !== null;
    return who.scope === 'global' && !isLimited;
  }

  /**
   * Whether what the node sends now is Byzantine; in scope `per-aggregation`, whether it may be
   * drawn.
   */
  mayBeByzantine(node: string): boolean {
    const { scope } = this.#settings.who;
    return scope === 'per-aggregation' ? this.#isAble(node) : this.#state.byzantine.has(node);
  }

  /** The attack window opens or closes. */
  switchTo(on: boolean): void {
    const { near } = this.#state;
    this.#state.on = on;
    for (const node of this.#settings.fixed) this.#lookAt(node, null);
    for (const server of near.keys()) this.#adjust(server);
  }

  /** The node is of this kind now; null: it is not on the map. `server`: near which it is. */
  becomes(node: string, kind: string | null, server: string | null): void {
    if (this.#settings.kind === null) return;
    setMember(this.#state.ofKind, node, kind === this.#settings.kind);
    this.#lookAt(node, server);
  }

  /** The node has entered the region or left it. */
  crosses(node: string, isInside: boolean, server: string | null): void {
    setMember(this.#state.inside, node, isInside);
    this.#lookAt(node, server);
  }

  /** The node has gone from one server to another. */
  moves(node: string, from: string | null, to: string | null): void {
    if (this.#settings.who.scope !== 'local') return;
    const { near } = this.#state;
    if (from !== null) {
      near.set(
        from,
        near.get(from)!.filter((other) => other !== node),
      );
      this.#turn(node, from, false);
      this.#adjust(from);
    }
    if (to !== null) {
      near.set(to, [...(near.get(to) ?? []), node]);
      this.#adjust(to);
    }
  }

  #isAble(node: string): boolean {
    const { kind, inRegion } = this.#settings;
    const { on, ofKind, inside } = this.#state;
    return on && (kind === null || ofKind.has(node)) && (!inRegion || inside.has(node));
  }

  #lookAt(node: string, server: string | null): void {
    const { who, fixed } = this.#settings;
    if (who.scope === 'global' && fixed.has(node)) this.#turn(node, null, this.#isAble(node));
    else if (who.scope === 'local' && server !== null) this.#adjust(server);
  }

  #adjust(server: string): void {
    const { near, byzantine } = this.#state;
    const present = near.get(server)!;
    const able = present.filter((node) => this.#isAble(node));
    for (const node of present) {
      if (byzantine.has(node) && !able.includes(node)) this.#turn(node, server, false);
    }
    const wanted = howMany(this.#settings.who, able.length);
    for (;;) {
      const attacking = able.filter((node) => byzantine.has(node));
      if (attacking.length === wanted) return;
      const isTooFew = attacking.length < wanted;
      const choice = isTooFew ? able.filter((node) => !byzantine.has(node)) : attacking;
      this.#turn(choice[this.#randomAt(server).integer(choice.length)]!, server, isTooFew);
    }
  }

  #turn(node: string, server: string | null, byzantine: boolean): void {
    if (this.#state.byzantine.has(node) === byzantine) return;
    setMember(this.#state.byzantine, node, byzantine);
    if (!this.isSteady) this.#onTransition({ node, server, byzantine });
  }
}

function setMember(set: Set<string>, member: string, isIn: boolean): void {
  if (isIn) set.add(member);
  else set.delete(member);
}
