import { type Breakdown, breakdowns } from './breakdown.ts';
import { type ComparedBy, comparedBy } from './compared-by.ts';
import { type CostVerdicts, costVerdicts } from './cost-verdicts.ts';
import { type MethodsOverTasks, methodsOverTasks } from './method-summary.ts';
import type { StudyReportOptions, StudyResult } from './study-runs.ts';
import { studyScores } from './study-scores.ts';
import {
  breakdownSentences,
  overTasksSentences,
  verdictNote,
  verdictSentences,
} from './verdict-text.ts';
import { type Verdict, verdictsOf } from './verdicts.ts';

/** Conclusions of a study, and its limits. */
export interface StudyVerdicts extends ComparedBy {
  /** The factor whose levels are compared; null where arms are. */
  compare: string | null;
  comparisons: Verdict[];
  /** Null where there is one condition only. */
  overTasks: MethodsOverTasks | null;
  breakdowns: Breakdown[];
  /** Costs of reaching an accuracy; null where no accuracy can be compared. */
  costs: CostVerdicts | null;
  /** All of it in words; the first one says what holds for all comparisons. */
  sentences: string[];
}

export function studyVerdicts(
  results: readonly StudyResult[],
  { compare = null, breakdown, reach = [], ...options }: Partial<StudyReportOptions>,
): StudyVerdicts {
  const baseline = options.baseline ?? null;
  const scores = studyScores(results, compare, baseline);
  const { metric, better, measure } = comparedBy(results);
  const comparisons = scores === null ? [] : verdictsOf(scores);
  const overTasks = scores === null || compare === null ? null : methodsOverTasks(scores);
  const found = breakdown === undefined ? [] : breakdowns(results, breakdown);
  return {
    ...{ metric, better, measure, compare, comparisons, overTasks, breakdowns: found },
    costs: costVerdicts(results, { compare, baseline, reach }),
    sentences: [
      ...(comparisons.length === 0 ? [] : [verdictNote(comparisons, comparedBy(results))]),
      ...verdictSentences(comparisons, metric),
      ...(overTasks === null ? [] : overTasksSentences(overTasks, metric)),
      ...(breakdown === undefined ? [] : breakdownSentences(breakdown, found)),
    ],
  };
}
