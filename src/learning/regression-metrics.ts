import { square } from '../elementary.ts';
import type { Dataset, SplitName } from './dataset.ts';

interface RegressionMetrics {
  /** Root of the mean squared error, in the targets' unit. Means are over items and outputs. */
  rmse: number;
  /** Mean absolute error, in the targets' unit. */
  mae: number;
  /**
   * Coefficient of determination: 1 - squared errors / squared distances to the mean target. 0 for
   * a model that always says the mean, negative for a worse one.
   */
  r2: number;
}

/** Sums by output. */
interface ErrorSums {
  absoluteErrors: ArrayLike<number>;
  squaredErrors: ArrayLike<number>;
}

/**
 * Metrics of a regression from its sums of errors over `items` items.
 *
 * With several outputs r2 is the plain mean of theirs. For an output whose targets are all alike it
 * is 1 without an error and 0 with one: both as scikit-learn's `r2_score`.
 * Example: targets 1, 2, 3 and outputs 1, 2, 5 have squared errors of 4, a spread of 2: rmse
 * sqrt(4 / 3), mae 2 / 3, r2 -1.
 */
export function regressionMetricsOf(
  { absoluteErrors, squaredErrors }: ErrorSums,
  items: number,
  spread: readonly number[],
): RegressionMetrics {
  const numbers = items * spread.length;
  const shares = spread.map((squares, output) => determination(squaredErrors[output]!, squares));
  return {
    rmse: Math.sqrt(sum(squaredErrors) / numbers),
    mae: sum(absoluteErrors) / numbers,
    r2: sum(shares) / shares.length,
  };
}

/** By output: the sum of the squared distances of the split's targets to their mean. Null: classes. */
export function spreadOf(dataset: Dataset, split: SplitName): number[] | null {
  const { outputs } = dataset;
  const { targets, items } = dataset.splits[split];
  if (!(targets instanceof Float32Array)) return null;
  return Array.from({ length: outputs }, (_, output) => {
    const values = Array.from({ length: items }, (_, item) => targets[item * outputs + output]!);
    const mean = sum(values) / items;
    return sum(values.map((value) => square(value - mean)));
  });
}

function determination(squaredErrors: number, spread: number): number {
  if (spread === 0) return squaredErrors === 0 ? 1 : 0;
  return 1 - squaredErrors / spread;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i += 1) total += values[i]!;
  return total;
}
