import { grouped } from '../format/grouped.ts';
import { type ComparedBy, comparedBy } from './compared-by.ts';
import type { StudyResult } from './study-runs.ts';
import { bySeed } from './study-summary.ts';

/** Final values of a study, by what is compared and where. */
export interface StudyScores extends ComparedBy {
  /** The levels of one factor that are compared, or all arms. The first one is the baseline. */
  methods: string[];
  /** Where: combinations of the other factors' levels. One without a name where arms are compared. */
  tasks: string[];
  /** By method, then by task: the final value of each seed. */
  values: ReadonlyMap<number, number>[][];
}

/** Null without a method to compare with another. `compare`: the factor; null for all arms. */
export function studyScores(
  results: readonly StudyResult[],
  compare: string | null,
  baseline: string | null,
): StudyScores | null {
  const { metric, better, measure } = comparedBy(results);
  const scores = scoresOf(
    results,
    compare,
    baseline,
    () =>
      ({ measures }) =>
        measures[measure],
  );
  return scores === null ? null : { metric, better, measure, ...scores };
}

/**
 * Any number of a run, likewise. `pick`: of the runs of one method on one task how each has its number; null
 * where they have none.
 */
export function scoresOf(
  results: readonly StudyResult[],
  compare: string | null,
  baseline: string | null,
  pick: (runs: readonly StudyResult[]) => ((run: StudyResult) => number | null) | null,
): Pick<StudyScores, 'methods' | 'tasks' | 'values'> | null {
  const methodOf = (run: StudyResult) => (compare === null ? run.arm : run.levels[compare]!);
  const taskOf = ({ levels }: StudyResult) => {
    if (compare === null) return '';
    const others = Object.entries(levels).filter(([factor]) => factor !== compare);
    return others.map(([, level]) => level).join(', ');
  };
  const all = [...grouped(results, methodOf).keys()];
  const methods = baseline === null ? all : [baseline, ...all.filter((each) => each !== baseline)];
  if (methods.length < 2) return null;
  const tasks = [...grouped(results, taskOf).keys()];
  const values = methods.map((method) =>
    tasks.map((task) => {
      const runs = results.filter((run) => methodOf(run) === method && taskOf(run) === task);
      const value = runs.length === 0 ? null : pick(runs);
      return value === null ? new Map<number, number>() : bySeed(runs, value);
    }),
  );
  return { methods, tasks, values };
}
