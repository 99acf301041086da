import { type Breakdown, breakdowns } from './breakdown.ts';
import { type ComparedBy, comparedBy } from './compared-by.ts';
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

/** What a study shows, and what it cannot. */
export interface StudyVerdicts extends ComparedBy {
  /** The factor whose levels are compared; null where arms are. */
  compare: string | null;
  comparisons: Verdict[];
  /** Null where there is one condition only. */
  overTasks: MethodsOverTasks | null;
  breakdowns: Breakdown[];
  /** All of it in words; the first one says what holds for all comparisons. */
  sentences: string[];
}

export function studyVerdicts(
  results: readonly StudyResult[],
  { compare = null, baseline, breakdown }: Omit<StudyReportOptions, 'window' | 'reach'>,
): StudyVerdicts {
  const scores = studyScores(results, compare, baseline ?? null);
  const { metric, better, measure } = comparedBy(results);
  const comparisons = scores === null ? [] : verdictsOf(scores);
  const overTasks = scores === null || compare === null ? null : methodsOverTasks(scores);
  const found = breakdown === undefined ? [] : breakdowns(results, breakdown);
  return {
    ...{ metric, better, measure, compare, comparisons, overTasks, breakdowns: found },
    sentences: [
      ...(comparisons.length === 0 ? [] : [verdictNote(comparisons, comparedBy(results))]),
      ...verdictSentences(comparisons, metric),
      ...(overTasks === null ? [] : overTasksSentences(overTasks, metric)),
      ...(breakdown === undefined ? [] : breakdownSentences(breakdown, found)),
    ],
  };
}
