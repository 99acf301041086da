import type { StudyResult } from './study-runs.ts';

/** The metric by which the runs of a study are compared. */
export interface ComparedBy {
  metric: string;
  better: 'higher' | 'lower';
  /** Where the final value is among the measures of a run, or of an arm. */
  measure: 'accuracy' | 'rmse' | 'metric';
}

/** The metric that the study names; without one the accuracy, of a regression its error. */
export function comparedBy(results: readonly StudyResult[]): ComparedBy {
  const wanted = results.find(({ metric }) => metric !== null)?.metric ?? null;
  if (wanted !== null) return { metric: wanted.name, better: wanted.better, measure: 'metric' };
  return results.some(({ measures }) => measures.rmse !== null)
    ? { metric: 'rmse', better: 'lower', measure: 'rmse' }
    : { metric: 'accuracy', better: 'higher', measure: 'accuracy' };
}
