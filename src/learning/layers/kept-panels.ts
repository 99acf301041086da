import type { Kernels } from '../../kernels/kernels.ts';
import { Arena } from '../../kernels/memory.ts';
import { type Matrix, type Panels, pack, packTransposed } from '../../kernels/products.ts';

/**
 * The packed weights of the parameters that were named last: gradients of one version come one after the other, and
 * to pack its weights takes up to a sixth of each. They lie in memory that outlasts a task.
 */
export class KeptPanels {
  readonly #kernels: Kernels;
  readonly #arena: Arena;
  /** By their weights' address, which is a multiple of 4, and how they are packed. */
  readonly #panels = new Map<number, Panels>();
  #theta = -1;
  #id = -1;

  constructor(kernels: Kernels) {
    this.#kernels = kernels;
    this.#arena = new Arena(kernels.memory);
  }

  /**
   * For the parameters at `theta`, whose numbers are the same at every call with this id. Null for the first of
   * these: a single gradient is faster with panels in the thread's arena.
   */
  of(theta: number, id: number): this | null {
    if (theta === this.#theta && id === this.#id) return this;
    this.#theta = theta;
    this.#id = id;
    this.#panels.clear();
    this.#arena.reset();
    return null;
  }

  /** As `pack` does, or packed already. */
  pack(weights: Matrix, wide: boolean): Panels {
    return this.#kept(weights.at + (wide ? 1 : 0), () =>
      pack(this.#kernels, weights, wide, this.#arena),
    );
  }

  packTransposed(weights: Matrix): Panels {
    return this.#kept(weights.at + 2, () => packTransposed(this.#kernels, weights, this.#arena));
  }

  #kept(key: number, make: () => Panels): Panels {
    const known = this.#panels.get(key);
    if (known !== undefined) return known;
    const panels = make();
    this.#panels.set(key, panels);
    return panels;
  }
}
