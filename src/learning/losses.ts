import type { Kernels } from '../kernels/kernels.ts';
import type { Matrix } from '../kernels/products.ts';
import type { LossName } from './layer-spec.ts';

/** The quantity that training makes small, for items that have a label each, or numbers. */
export interface Loss {
  /**
   * outputs, a row an item, become the gradient of their loss. `targets` is the address of u8 or of
   * rows of f32, picked by the u32 at `items`. Returns the float64 sum, in order, of the items' float32 losses.
   */
  gradient(kernels: Kernels, outputs: Matrix, targets: number, items: number): number;
  /**
   * Adds the same losses to `total`, one after the other, and returns it. The outputs are lost.
   * `tally` is the address of what else is measured: with labels confusion[label][predicted] (u32),
   * with numbers the sums of each output's absolute errors, then of its squared ones (f64).
   */
  evaluate(
    kernels: Kernels,
    outputs: Matrix,
    targets: number,
    items: number,
    into: { total: number; tally: number },
  ): number;
}

/** -log of the label's softmax; outputs are logits. Gradient: softmax - one-hot. */
const crossEntropy: Loss = {
  gradient: ({ run }, { at, rows, columns }, labels, items) =>
    run.crossEntropyGradient(at, labels, items, rows, columns),
  evaluate: ({ run }, { at, rows, columns }, labels, items, { total, tally }) =>
    run.crossEntropyConfusion(total, tally, at, labels, items, rows, columns),
};

/** Half the squared distance of the outputs to the label's one-hot vector. Gradient: the difference. */
const squared: Loss = {
  gradient: ({ run }, { at, rows, columns }, labels, items) =>
    run.squaredLossGradient(at, labels, items, rows, columns),
  evaluate: ({ run }, { at, rows, columns }, labels, items, { total, tally }) =>
    run.squaredLossConfusion(total, tally, at, labels, items, rows, columns),
};

/** Half the squared distance of the outputs to the item's numbers. Gradient: the difference. */
const squaredNumbers: Loss = {
  gradient: ({ run }, { at, rows, columns }, targets, items) =>
    run.squaredDistanceGradient(at, targets, items, rows, columns),
  evaluate: ({ run }, { at, rows, columns }, targets, items, { total, tally }) =>
    run.squaredDistanceErrors(total, tally, at, targets, items, rows, columns),
};

const ofLabels: Record<LossName, Loss> = { 'cross-entropy': crossEntropy, squared };
const ofNumbers: Partial<Record<LossName, Loss>> = { squared: squaredNumbers };

/**
 * The loss for targets of `classes` classes, null for numbers; undefined where it makes no sense.
 */
export function lossFor(name: LossName, classes: number | null): Loss | undefined {
  return classes === null ? ofNumbers[name] : ofLabels[name];
}
