import {
  comparePairs,
  decimalDifference,
  holm,
  leastSignedRankP,
  type PairedComparison,
  pairsToReach,
} from '../../statistics/paired.ts';
import type { StudyScores } from './study-scores.ts';

/** The level of every verdict, over all comparisons of a study together. */
export const LEVEL = 0.05;

/** How a method does beside the baseline, on one task. */
export interface Verdict extends PairedComparison {
  task: string;
  method: string;
  baseline: string;
  /** p of the signed-rank test and of the t test, corrected over all comparisons by Holm's method. */
  correctedSignedRankP: number;
  correctedTP: number | null;
  /**
   * By the signed-rank test at 5 %: better or worse than the baseline, or not told apart. `too-few`:
   * with so few seeds no outcome at all could have told them apart.
   */
  outcome: 'better' | 'worse' | 'not-told-apart' | 'too-few';
  /** Seeds that could tell as many comparisons apart. */
  seedsNeeded: number;
}

/**
 * Compares each method with the first one, on each task, over the seeds that both have. Pairs without
 * a common seed are left out.
 */
export function verdictsOf({
  better,
  methods,
  tasks,
  values,
}: Pick<StudyScores, 'better' | 'methods' | 'tasks' | 'values'>): Verdict[] {
  const [baseline, ...others] = methods;
  const compared = tasks.flatMap((task, t) =>
    others.flatMap((method, m) => {
      const [ours, theirs] = [values[m + 1]![t]!, values[0]![t]!];
      const shared = [...ours.keys()].filter((seed) => theirs.has(seed));
      const comparison = comparePairs(
        shared.map((seed) => decimalDifference(ours.get(seed)!, theirs.get(seed)!)),
      );
      return comparison === null ? [] : [{ task, method, baseline: baseline!, ...comparison }];
    }),
  );
  const ranked = holm(compared.map(({ signedRankP }) => signedRankP));
  const byT = holm(compared.map(({ tP }) => tP ?? 1));
  const sign = better === 'lower' ? -1 : 1;
  return compared.map((each, index) => {
    const correctedSignedRankP = ranked[index]!;
    const outcome = outcomeOf(each, correctedSignedRankP, compared.length, sign);
    return {
      ...each,
      correctedSignedRankP,
      correctedTP: each.tP === null ? null : byT[index]!,
      outcome,
      seedsNeeded: pairsToReach(LEVEL, compared.length),
    };
  });
}

function outcomeOf(
  { pairs, meanDifference }: PairedComparison,
  p: number,
  comparisons: number,
  sign: number,
): Verdict['outcome'] {
  if (leastSignedRankP(pairs) * comparisons > LEVEL) return 'too-few';
  if (p > LEVEL) return 'not-told-apart';
  return sign * meanDifference > 0 ? 'better' : 'worse';
}
