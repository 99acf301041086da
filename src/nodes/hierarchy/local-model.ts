import type { NodeContext } from '../context.ts';
import type { ValueId } from '../messages.ts';

/**
 * The model of a node in a tree of models: plain data. Its change since the last push is base - theta:
 * an update has the sign of a gradient, so that a parent takes a step against it.
 */
export interface LocalModelState {
  /** Its parameters; null while it has none. */
  theta: ValueId | null;
  /** The parameters at which its change is zero. */
  base: ValueId | null;
  /** Of the parent's model that it received last. */
  version: number;
  /** The sum of the gradients since the last push, of a node that sends these; null: none yet. */
  gradientSum: ValueId | null;
}

/** Owns both of its references to `theta`. */
export function newLocalModel(theta: ValueId): LocalModelState {
  return { theta, base: theta, version: 0, gradientSum: null };
}

/** Changes the model of one node, and counts its values. */
export class LocalModel {
  readonly #state: LocalModelState;
  readonly #context: NodeContext;

  constructor(state: LocalModelState, context: NodeContext) {
    this.#state = state;
    this.#context = context;
  }

  get theta(): ValueId | null {
    return this.#state.theta;
  }

  /** Of the parent's model that it received last. */
  get version(): number {
    return this.#state.version;
  }

  /** Replaces the parameters by a value, which it owns from now on. */
  become(theta: ValueId): void {
    const { theta: before } = this.#state;
    if (before !== null) this.#context.release(before);
    this.#state.theta = theta;
  }

  /** Adds a gradient, which it owns from now on, to what is sent instead of the change. */
  addGradient(gradient: ValueId): void {
    const { gradientSum } = this.#state;
    if (gradientSum === null) {
      this.#state.gradientSum = gradient;
      return;
    }
    this.#state.gradientSum = this.#context.addScaled(gradientSum, gradient, 1);
    for (const value of [gradientSum, gradient]) this.#context.release(value);
  }

  /** Out: the change since the last push, which the caller owns; from now on it is zero. */
  takeChange(): ValueId {
    const { theta, base, gradientSum } = this.#state;
    if (gradientSum !== null) {
      this.#state.gradientSum = null;
      return gradientSum;
    }
    const change = this.#context.addScaled(base!, theta!, -1);
    this.#rebase(theta!);
    return change;
  }

  /**
   * The parent's parameters have come. `keep`: the unsent change stays on top of them.
   */
  receive(theta: ValueId, version: number, unsent: 'keep' | 'discard'): void {
    const context = this.#context;
    const { theta: own, base } = this.#state;
    this.#state.version = version;
    if (unsent === 'discard') this.#forgetGradientSum();
    if (unsent === 'discard' || own === null || base === null || own === base) {
      context.keep(theta);
      this.become(theta);
    } else {
      const change = context.addScaled(base, own, -1);
      this.become(context.addScaled(theta, change, -1));
      context.release(change);
    }
    this.#rebase(theta);
  }

  /** What comes next is from a parent with versions of its own. */
  forgetVersion(): void {
    this.#state.version = 0;
  }

  /** All is lost. */
  forget(): void {
    const { theta, base } = this.#state;
    for (const value of [theta, base]) if (value !== null) this.#context.release(value);
    Object.assign(this.#state, { theta: null, base: null, version: 0 });
    this.#forgetGradientSum();
  }

  #forgetGradientSum(): void {
    const { gradientSum } = this.#state;
    if (gradientSum !== null) this.#context.release(gradientSum);
    this.#state.gradientSum = null;
  }

  #rebase(base: ValueId): void {
    const { base: before } = this.#state;
    this.#context.keep(base);
    if (before !== null) this.#context.release(before);
    this.#state.base = base;
  }
}
