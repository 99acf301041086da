import type { NodeContext } from '../context.ts';
import type { ValueId } from '../messages.ts';
import type { HierarchySettings } from './settings.ts';

/** The model that a node measures of itself, and the point of its work. */
interface Measured {
  theta: ValueId | null;
  /** Windows or merges so far. */
  round: number;
  version: number;
  /** Changes of workers that are in the model. */
  gradients: number;
}

/** Measures a node's own model from time to time and at the end of the run. */
export class SelfEvaluation {
  readonly #node: string;
  readonly #settings: HierarchySettings['evaluation'];
  readonly #isMeasured: boolean;
  readonly #context: NodeContext;
  readonly #model: () => Measured;

  constructor(
    node: string,
    { evaluation }: HierarchySettings,
    kind: 'root' | 'server' | 'worker',
    context: NodeContext,
    model: () => Measured,
  ) {
    this.#node = node;
    this.#settings = evaluation;
    const { nodes } = evaluation;
    this.#isMeasured =
      nodes === 'all' || kind === 'root' || (nodes === 'servers' && kind === 'server');
    this.#context = context;
    this.#model = model;
  }

  /** Measures the model after the interval. */
  later(): void {
    const { everyUs } = this.#settings;
    if (!this.#isMeasured || everyUs === null) return;
    this.#context.after(this.#node, everyUs, { kind: 'evaluate' });
  }

  /** Measures the model now. Nothing happens at a node that is not measured or has no model. */
  now(): void {
    const { theta, ...at } = this.#model();
    if (!this.#isMeasured || theta === null) return;
    const { split } = this.#settings;
    const evaluation = this.#context.evaluate(theta);
    const event = { type: 'evaluated', server: this.#node, ...at, epoch: 0, split } as const;
    this.#context.record(event, evaluation);
    this.#context.release(evaluation);
  }
}
