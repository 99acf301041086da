import type { SplitName } from '../../learning/dataset.ts';

export interface ComputationSettings {
  /** Factor on the sum over a batch: 1, or 1 / batch size for the mean. */
  gradientFactor: number;
  batchSize: number;
  combine: 'sum' | 'mean';
  /** Items of the split that evaluations measure on. */
  evaluationItems: number;
  /** Items of each split, for evaluations that name one. */
  splitItems: Readonly<Record<SplitName, number>>;
  /** By output: the sum of their targets' squared distances to the mean; null for classes. */
  spread: readonly number[] | null;
  /** Numbers in the state of the optimiser of a worker with a model of its own; 0: none. */
  workerOptimiserLength: number;
  /** The same of the cloud's optimiser. */
  optimiserStateLength: number;
}
