import type { MetricsRow } from './metrics.ts';

/** Costs to reach an accuracy: each counts from the beginning of the run to that evaluation. */
export interface CostToReach {
  simTimeS: number;
  gradients: number;
  updates: number;
  /** Of vectors, as metrics.csv counts them. */
  bytes: number;
  /** Joules of the layers with `power`; null without any. */
  energyJ: number | null;
}

/** Where a run first measured an accuracy of at least `accuracy`; null where it never did. */
export interface Reached {
  accuracy: number;
  at: CostToReach | null;
}

/** Accuracies in reports where none are asked for. */
export const DEFAULT_REACH: readonly number[] = [0.8, 0.9, 0.95];

export function reachedBy(rows: readonly MetricsRow[], accuracies: readonly number[]): Reached[] {
  return accuracies.map((accuracy) => ({ accuracy, at: firstReaching(rows, accuracy) }));
}

function firstReaching(rows: readonly MetricsRow[], accuracy: number): CostToReach | null {
  const row = rows.find(
    (candidate) => candidate.accuracy !== null && candidate.accuracy >= accuracy,
  );
  if (!row) return null;
  const { simTimeS, gradients, updates, bytes, energyJ } = row;
  return { simTimeS, gradients, updates, bytes, energyJ };
}

/** `80 %` of 0.8. */
export function accuracyText(accuracy: number): string {
  return `${+(accuracy * 100).toFixed(2)} %`;
}
