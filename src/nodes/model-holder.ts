import { usToSeconds } from '../simulation/time.ts';
import type { NodeContext } from './context.ts';
import type { ValueId } from './messages.ts';

/** State that a server keeps beside the parameters of its model: plain data. */
export interface UpdateState {
  /** Of its optimiser; null before the first update, and for one without a state. */
  optimiserState: ValueId | null;
  version: number;
  updates: number;
  /** Gradients in the results that were aggregated into it. */
  gradients: number;
}

/** A model that the cloud keeps, and what its optimiser needs for the next update: plain data. */
export interface ModelState extends UpdateState {
  theta: ValueId;
}

/** `theta`: the parameters of the untrained model, which it owns from now on. */
export function newModel(theta: ValueId): ModelState {
  return { theta, ...noUpdates() };
}

/** Of a model without any update. */
export function noUpdates(): UpdateState {
  return { optimiserState: null, version: 0, updates: 0, gradients: 0 };
}

/** The parameters of a server's model. */
interface HeldParameters {
  /** Null while the server has none: it can make no update then. */
  readonly theta: ValueId | null;
  /** Releases the parameters before, and owns these from now on. */
  become(theta: ValueId): void;
}

/** Those of a state that owns them itself. */
export function parametersOf(state: { theta: ValueId }, context: NodeContext): HeldParameters {
  return {
    get theta() {
      return state.theta;
    },
    become(theta) {
      context.release(state.theta);
      state.theta = theta;
    },
  };
}

/** How a server turns an aggregate into an update. */
interface Stepping {
  /** Whether the optimiser makes the step; else it is the aggregate times the learning rate. */
  hasOptimiser: boolean;
  learningRate: (at: { round: number; epoch: number; time: number }) => number;
}

/** The model of one server: updates and measures it, and records both under the server's name. */
export class ModelHolder {
  readonly #server: string;
  readonly #state: UpdateState;
  readonly #parameters: HeldParameters;
  readonly #stepping: Stepping;
  readonly #context: NodeContext;

  constructor(
    server: string,
    state: UpdateState,
    parameters: HeldParameters,
    stepping: Stepping,
    context: NodeContext,
  ) {
    this.#server = server;
    this.#state = state;
    this.#parameters = parameters;
    this.#stepping = stepping;
    this.#context = context;
  }

  /**
   * One step against an aggregate, which it releases. `gradients`: how many are in the aggregate.
   * `epoch`: the one that the learning rate depends on.
   */
  update(aggregate: ValueId, at: { round: number; epoch: number; gradients: number }): void {
    const state = this.#state;
    const context = this.#context;
    const { hasOptimiser, learningRate: rateAt } = this.#stepping;
    const time = usToSeconds(context.nowUs);
    const learningRate = rateAt({ round: state.version, epoch: at.epoch, time });
    this.#parameters.become(
      hasOptimiser
        ? this.#optimised(aggregate, learningRate)
        : context.addScaled(this.#parameters.theta!, aggregate, -learningRate),
    );
    context.release(aggregate);
    state.version += 1;
    state.updates += 1;
    state.gradients += at.gradients;
    const { version, gradients } = state;
    const { round } = at;
    context.record(
      { type: 'updated', server: this.#server, round, version, gradients, learningRate },
      hasOptimiser ? this.#parameters.theta! : undefined,
    );
  }

  #optimised(aggregate: ValueId, learningRate: number): ValueId {
    const context = this.#context;
    const theta = this.#parameters.theta!;
    const { optimiserState: before } = this.#state;
    const after = context.advanceOptimiser(theta, aggregate, before);
    const next = context.update(theta, aggregate, after, learningRate);
    if (before !== null) context.release(before);
    this.#state.optimiserState = after;
    return next;
  }

  /** Measures the model on that split. */
  evaluate({ round, epoch, split }: { round: number; epoch: number; split: string }): void {
    const { version, gradients } = this.#state;
    const evaluation = this.#context.evaluate(this.#parameters.theta!);
    this.#context.record(
      { type: 'evaluated', server: this.#server, round, version, epoch, gradients, split },
      evaluation,
    );
    this.#context.release(evaluation);
  }
}
