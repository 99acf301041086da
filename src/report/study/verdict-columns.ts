import { type Column, csvOf } from '../format/columns.ts';
import type { Verdict } from './verdicts.ts';

/** The columns of verdicts.csv: one row a comparison. */
export const verdictColumns: Column<Verdict>[] = [
  {
    name: 'task',
    type: 'text',
    unit: null,
    meaning: 'levels of the other factors; empty where arms are compared',
    value: ({ task }) => task,
  },
  {
    name: 'method',
    type: 'text',
    unit: null,
    meaning: 'level or arm that is compared',
    value: ({ method }) => method,
  },
  {
    name: 'baseline',
    type: 'text',
    unit: null,
    meaning: 'level or arm that it is compared with',
    value: ({ baseline }) => baseline,
  },
  {
    name: 'pairs',
    type: 'integer',
    unit: 'seeds',
    meaning: 'seeds that both have',
    value: ({ pairs }) => pairs,
  },
  {
    name: 'mean_difference',
    type: 'number',
    unit: "the metric's",
    meaning: 'mean of the differences of final values, seed by seed',
    value: ({ meanDifference }) => meanDifference,
  },
  {
    name: 'ci_low',
    type: 'number',
    unit: "the metric's",
    meaning: "lower end of its 95 % interval by Student's t",
    value: ({ interval }) => interval?.[0],
  },
  {
    name: 'ci_high',
    type: 'number',
    unit: "the metric's",
    meaning: 'upper end of the same',
    value: ({ interval }) => interval?.[1],
  },
  {
    name: 'bootstrap_low',
    type: 'number',
    unit: "the metric's",
    meaning: 'lower end of its 95 % interval by the bootstrap (BCa)',
    value: ({ bootstrap }) => bootstrap?.[0],
  },
  {
    name: 'bootstrap_high',
    type: 'number',
    unit: "the metric's",
    meaning: 'upper end of the same',
    value: ({ bootstrap }) => bootstrap?.[1],
  },
  {
    name: 'effect',
    type: 'number',
    unit: null,
    meaning: "Cohen's d of paired values: mean difference / its standard deviation",
    value: ({ effect }) => effect,
  },
  {
    name: 'signed_rank_p',
    type: 'number',
    unit: null,
    meaning: 'two-sided p of the exact signed-rank test',
    value: ({ signedRankP }) => signedRankP,
  },
  {
    name: 'signed_rank_p_corrected',
    type: 'number',
    unit: null,
    meaning: "the same, by Holm's method over all rows",
    value: ({ correctedSignedRankP }) => correctedSignedRankP,
  },
  {
    name: 't_p',
    type: 'number',
    unit: null,
    meaning: 'two-sided p of the paired t test',
    value: ({ tP }) => tP,
  },
  {
    name: 't_p_corrected',
    type: 'number',
    unit: null,
    meaning: "the same, by Holm's method over all rows",
    value: ({ correctedTP }) => correctedTP,
  },
  {
    name: 'outcome',
    type: 'text',
    unit: null,
    meaning:
      'by the corrected signed-rank test at 5 %: `better` or `worse` than the baseline, `not-told-apart`, or `too-few` where no outcome of that number of seeds could be one',
    value: ({ outcome }) => outcome,
  },
  {
    name: 'seeds_needed',
    type: 'integer',
    unit: 'seeds',
    meaning: 'seeds with which such a study could reach a verdict',
    value: ({ seedsNeeded }) => seedsNeeded,
  },
];

export function verdictsCsv(comparisons: readonly Verdict[]): string {
  return csvOf(verdictColumns, comparisons);
}
