import jstat from 'jstat';
import { meanOfNumbers, midranks } from './describe.ts';

/** Methods ranked on several tasks. */
export interface MeanRanks {
  /** Of each method, over the tasks; 1 is best. */
  ranks: number[];
  /** p of Friedman's test (chi-square, with its correction for ties) that all methods are alike. */
  friedmanP: number;
  /** Mean ranks that differ by less are not told apart at 5 % (Nemenyi; Demsar 2006). */
  criticalDifference: number;
}

/**
 * `scores`: by task, then by method; greater is better. At least two tasks and two methods, else
 * null.
 */
export function meanRanks(scores: readonly (readonly number[])[]): MeanRanks | null {
  const tasks = scores.length;
  const methods = scores[0]?.length ?? 0;
  if (tasks < 2 || methods < 2) return null;
  const byTask = scores.map((row) => midranks(row.map((score) => -score)));
  const ranks = byTask[0]!.map((_, method) => meanOfNumbers(byTask.map((row) => row[method]!)));
  return {
    ranks,
    friedmanP: friedmanP(ranks, byTask),
    criticalDifference: nemenyiQ(methods) * Math.sqrt((methods * (methods + 1)) / (6 * tasks)),
  };
}

function friedmanP(ranks: readonly number[], byTask: readonly (readonly number[])[]): number {
  const [n, k] = [byTask.length, ranks.length];
  const spread = ranks.reduce((sum, rank) => sum + (rank - (k + 1) / 2) ** 2, 0);
  const ties = byTask.reduce((sum, row) => sum + tieTerm(row), 0);
  const correction = 1 - ties / (n * k * (k * k - 1));
  // Every method is equal on every task.
  if (correction === 0) return 1;
  const statistic = (12 * n * spread) / (k * (k + 1)) / correction;
  return 1 - jstat.chisquare.cdf(statistic, k - 1);
}

/** Over groups of equal ranks, the sum of t^3 - t. */
function tieTerm(row: readonly number[]): number {
  const sizes = new Map<number, number>();
  for (const rank of row) sizes.set(rank, (sizes.get(rank) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + size ** 3 - size, 0);
}

/** The studentised range of that many groups at 5 %, with infinite degrees of freedom, / sqrt(2). */
export function nemenyiQ(methods: number): number {
  return jstat.tukey.inv(0.95, methods, Number.MAX_SAFE_INTEGER) / Math.SQRT2;
}
