/** How well one class, or an average of classes, is recognised. All lie in [0, 1]. */
interface MeasuredScores {
  /** Of the items predicted as the class, the fraction that is of it. 0 when none is predicted. */
  precision: number;
  /** Of the items of the class, the fraction predicted as it. 0 when the class has no items. */
  recall: number;
  /** 2 TP / (2 TP + FP + FN), the harmonic mean of the two. 0 when 0 / 0. */
  f1: number;
}

interface ClassScores extends MeasuredScores {
  /** Items whose true class it is. */
  support: number;
}

interface Metrics {
  items: number;
  /** Fraction of items whose predicted class is the true one. 0 without items. */
  accuracy: number;
  /** By class, 0 to classes - 1. */
  perClass: ClassScores[];
  /** Plain mean over all classes, those without items included. Its f1 is the mean of the f1s. */
  macro: MeasuredScores;
  /** From the summed counts of all classes: with one label an item, all three equal the accuracy. */
  micro: MeasuredScores;
}

/**
 * Metrics from a confusion matrix: classes x classes counts, row = true class, column = predicted.
 *
 * 0 / 0 is 0, as in scikit-learn's `zero_division=0`.
 * Example, 2 classes: [[3, 1], [2, 4]] has accuracy 7/10; class 0 has precision 3/5, recall 3/4
 * and F1 6/9.
 */
export function metricsOf(confusion: ArrayLike<number>): Metrics {
  const classes = Math.sqrt(confusion.length);
  if (!Number.isInteger(classes) || classes === 0) {
    throw new RangeError(`A confusion matrix is square. Got ${confusion.length} counts`);
  }
  const indices = Array.from({ length: classes }, (_, index) => index);
  const count = (truth: number, predicted: number) => confusion[truth * classes + predicted]!;
  const counts = indices.map((index) => ({
    right: count(index, index),
    predicted: sum(indices.map((truth) => count(truth, index))),
    support: sum(indices.map((predicted) => count(index, predicted))),
  }));
  const right = sum(counts.map((each) => each.right));
  const items = sum(counts.map((each) => each.support));
  const perClass = counts.map((each) => ({
    ...scores(each.right, each.predicted, each.support),
    support: each.support,
  }));
  const mean = (name: keyof MeasuredScores) => sum(perClass.map((each) => each[name])) / classes;
  return {
    items,
    accuracy: ratio(right, items),
    perClass,
    macro: { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') },
    micro: scores(right, items, items),
  };
}

function scores(right: number, predicted: number, support: number): MeasuredScores {
  return {
    precision: ratio(right, predicted),
    recall: ratio(right, support),
    f1: ratio(2 * right, predicted + support),
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
