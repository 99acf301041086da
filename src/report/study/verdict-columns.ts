import { type Column, csvOf } from '../format/columns.ts';
import { COSTS } from './cost-verdicts.ts';
import type { StudyVerdicts } from './study-verdicts.ts';
import type { Verdict } from './verdicts.ts';

/** A comparison of final values, or of the costs of reaching an accuracy. */
interface VerdictRow extends Verdict {
  /** `final`, or a cost by the name of its column. */
  measure: string;
  /** Of a cost: the accuracy to reach. */
  reach: number | null;
}

/** The columns of verdicts.csv: one row a comparison. */
export const verdictColumns: Column<VerdictRow>[] = [
  {
    name: 'measure',
    type: 'text',
    unit: null,
    meaning:
      'the measure that is compared: `final`, the metric at the end of a run; else the cost of reaching an accuracy, `sim_time_s`, `updates`, `bytes` or `energy_j`',
    value: ({ measure }) => measure,
  },
  {
    name: 'reach',
    type: 'number',
    unit: null,
    meaning: 'of a cost: the accuracy to reach',
    value: ({ reach }) => reach,
  },
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
    unit: "the measure's",
    meaning: 'mean of the differences, seed by seed',
    value: ({ meanDifference }) => meanDifference,
  },
  {
    name: 'ci_low',
    type: 'number',
    unit: "the measure's",
    meaning: "lower end of its 95 % interval by Student's t",
    value: ({ interval }) => interval?.[0],
  },
  {
    name: 'ci_high',
    type: 'number',
    unit: "the measure's",
    meaning: 'upper end of the same',
    value: ({ interval }) => interval?.[1],
  },
  {
    name: 'bootstrap_low',
    type: 'number',
    unit: "the measure's",
    meaning: 'lower end of its 95 % interval by the bootstrap (BCa)',
    value: ({ bootstrap }) => bootstrap?.[0],
  },
  {
    name: 'bootstrap_high',
    type: 'number',
    unit: "the measure's",
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
    meaning: "the same, by Holm's method over all rows of the measure",
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
    meaning: "the same, by Holm's method over all rows of the measure",
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

/** The comparisons of final values as rows of the table. */
export function finalRows({ comparisons }: Pick<StudyVerdicts, 'comparisons'>): VerdictRow[] {
  return comparisons.map((each) => ({ ...each, measure: 'final', reach: null }));
}

/** The comparisons of costs as rows of the table; none where no accuracy can be compared. */
export function costRows({ costs }: Pick<StudyVerdicts, 'costs'>): VerdictRow[] {
  if (costs === null) return [];
  const { accuracy, comparisons } = costs;
  return comparisons.map((each) => {
    const { column } = COSTS.find(({ cost }) => cost === each.cost)!;
    return { ...each, measure: column, reach: accuracy };
  });
}

/** Both, the final values first. */
export function verdictsCsv(verdicts: StudyVerdicts): string {
  return csvOf(verdictColumns, [...finalRows(verdicts), ...costRows(verdicts)]);
}
