import { usToSeconds } from '../simulation/time.ts';
import type { NodeContext } from './context.ts';
import type { ValueId } from './messages.ts';

/** A model that a server keeps, and what its optimiser needs for the next update: plain data. */
export interface ModelState {
  theta: ValueId;
  /** Null before the first update, and for an optimiser without a state. */
  optimiserState: ValueId | null;
  version: number;
  updates: number;
  /** Gradients in the results that were aggregated into it. */
  gradients: number;
}

/** `theta`: the parameters of the untrained model, which it owns from now on. */
export function newModel(theta: ValueId): ModelState {
  return { theta, optimiserState: null, version: 0, updates: 0, gradients: 0 };
}

type RateAt = (at: { round: number; epoch: number; time: number }) => number;

/** The model of one server: updates and measures it, and records both under the server's name. */
export class ModelHolder {
  readonly #server: string;
  readonly #state: ModelState;
  readonly #learningRate: RateAt;
  readonly #context: NodeContext;

  constructor(server: string, state: ModelState, learningRate: RateAt, context: NodeContext) {
    this.#server = server;
    this.#state = state;
    this.#learningRate = learningRate;
    this.#context = context;
  }

  /**
   * One step of the optimiser along an aggregate, which it releases. `gradients`: how many are in
   * the aggregate. `epoch`: the one that the learning rate depends on.
   */
  update(aggregate: ValueId, at: { round: number; epoch: number; gradients: number }): void {
    const state = this.#state;
    const context = this.#context;
    const { theta: before, optimiserState: memory } = state;
    const time = usToSeconds(context.nowUs);
    const learningRate = this.#learningRate({ round: state.version, epoch: at.epoch, time });
    state.optimiserState = context.remember(before, aggregate, memory);
    state.theta = context.update(before, aggregate, state.optimiserState, learningRate);
    for (const value of [before, aggregate, memory]) if (value !== null) context.release(value);
    state.version += 1;
    state.updates += 1;
    state.gradients += at.gradients;
    const { theta, version, gradients } = state;
    const { round } = at;
    context.record(
      { type: 'updated', server: this.#server, round, version, gradients, learningRate },
      theta,
    );
  }

  /** Measures the model on that split. */
  evaluate({ round, epoch, split }: { round: number; epoch: number; split: string }): void {
    const { theta, version, gradients } = this.#state;
    const evaluation = this.#context.evaluate(theta);
    this.#context.record(
      { type: 'evaluated', server: this.#server, round, version, epoch, gradients, split },
      evaluation,
    );
    this.#context.release(evaluation);
  }
}
