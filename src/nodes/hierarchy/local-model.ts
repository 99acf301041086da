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
  /** That model as it came, and by what it was below the one before; null where nothing looks at them. */
  received: ValueId | null;
  globalChange: ValueId | null;
  /** Numbers the transfer in which that model came, where models are encoded; else 0. */
  stamp: number;
  /** Counts what happened to theta and base. */
  revision: number;
}

/** Parts of the received models that a node keeps, besides its own. */
interface Remembered {
  /** How the parent's model moved since the last time. */
  change: boolean;
  /** Of a model to which the next one may be a difference; 0: it is to none. */
  stamp: number;
}

/** Owns both of its references to `theta`. */
export function newLocalModel(theta: ValueId): LocalModelState {
  const received = { received: null, globalChange: null, stamp: 0 };
  return { theta, base: theta, version: 0, gradientSum: null, ...received, revision: 0 };
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

  /** Another one than before: its parameters, or what its change is counted from, are others. */
  get revision(): number {
    return this.#state.revision;
  }

  /** How its parent's model moved between the last two that came; null when that is not known. */
  get globalChange(): ValueId | null {
    return this.#state.globalChange;
  }

  /** The stamp of the parent's model that it received last; 0 for none. */
  get stamp(): number {
    return this.#state.stamp;
  }

  /** The change that has not been sent, which the caller owns. */
  change(): ValueId {
    const { theta, base, gradientSum } = this.#state;
    if (gradientSum === null) return this.#context.addScaled(base!, theta!, -1);
    this.#context.keep(gradientSum);
    return gradientSum;
  }

  /** Replaces the parameters by a value, which it owns from now on. */
  become(theta: ValueId): void {
    const { theta: before } = this.#state;
    if (before !== null) this.#context.release(before);
    this.#state.theta = theta;
    this.#state.revision += 1;
  }

  /** Adds a gradient, which it owns from now on, to what is sent instead of the change. */
  addGradient(gradient: ValueId): void {
    const { gradientSum } = this.#state;
    this.#state.revision += 1;
    if (gradientSum === null) {
      this.#state.gradientSum = gradient;
      return;
    }
    this.#state.gradientSum = this.#context.addScaled(gradientSum, gradient, 1);
    for (const value of [gradientSum, gradient]) this.#context.release(value);
  }

  /** A part of the change was sent, encoded. `isSparse`: what was left out stays unsent. */
  takeEncoded(sent: ValueId, isSparse: boolean): void {
    const context = this.#context;
    const { theta, base, gradientSum } = this.#state;
    if (gradientSum !== null) {
      this.#state.gradientSum = isSparse ? context.addScaled(gradientSum, sent, -1) : null;
      this.#state.revision += 1;
      context.release(gradientSum);
    } else if (isSparse) {
      const rest = context.withoutSent(base!, theta!, sent);
      this.#rebase(rest);
      context.release(rest);
    } else this.#rebase(theta!);
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

  /** Out: the model that is by this difference below the one that came last; the caller owns it. */
  decoded(difference: ValueId): ValueId {
    return this.#context.addScaled(this.#state.received!, difference, -1);
  }

  /** The parent's parameters have come. `keep`: the unsent change stays on top of them. */
  receive(theta: ValueId, version: number, unsent: 'keep' | 'discard', how: Remembered): void {
    const context = this.#context;
    if (how.change || how.stamp > 0) this.#rememberReceived(theta, how);
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

  /** Forgets the version: the next model is from a parent with versions of its own. */
  forgetVersion(): void {
    this.#state.version = 0;
    this.#forgetReceived();
  }

  /** The parent does not know any more what it sent. */
  forgetStamp(): void {
    this.#state.stamp = 0;
  }

  /** Gives up the change that was not sent. */
  discardChange(): void {
    const { theta, base } = this.#state;
    this.#forgetGradientSum();
    if (base === null || theta === base) return;
    this.#context.keep(base);
    this.become(base);
  }

  /** All is lost. */
  forget(): void {
    this.#forgetReceived();
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

  #rememberReceived(theta: ValueId, { change: isWanted, stamp }: Remembered): void {
    const { received, globalChange } = this.#state;
    const isKnown = isWanted && received !== null;
    const change = isKnown ? this.#context.addScaled(received, theta, -1) : null;
    for (const before of [received, globalChange]) {
      if (before !== null) this.#context.release(before);
    }
    this.#context.keep(theta);
    Object.assign(this.#state, { received: theta, globalChange: change, stamp });
  }

  #forgetReceived(): void {
    const { received, globalChange } = this.#state;
    for (const value of [received, globalChange]) {
      if (value !== null) this.#context.release(value);
    }
    Object.assign(this.#state, { received: null, globalChange: null, stamp: 0 });
  }

  #rebase(base: ValueId): void {
    const { base: before } = this.#state;
    this.#context.keep(base);
    if (before !== null) this.#context.release(before);
    this.#state.base = base;
    this.#state.revision += 1;
  }
}
