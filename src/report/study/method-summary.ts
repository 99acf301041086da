import { interquartileMean, meanOfNumbers } from '../../statistics/describe.ts';
import { type Bounds95, stratified95 } from '../../statistics/intervals.ts';
import { probabilityAbove } from '../../statistics/paired.ts';
import { type MeanRanks, meanRanks } from '../../statistics/ranks.ts';
import type { StudyScores } from './study-scores.ts';

/** Results of a method over all tasks, such as a rule over all attacks. */
interface MethodSummary {
  method: string;
  /** The task on which its mean over seeds is worst, and that mean. */
  worst: { task: string; mean: number };
  /** Interquartile mean over all runs of all tasks, with a stratified bootstrap 95 % interval. */
  interquartileMean: number;
  interval: Bounds95;
  /**
   * Probability that its run is better than one of the baseline on the same task, averaged over tasks
   * (Agarwal et al. 2021); 0.5 for equals.
   */
  probabilityOfImprovement: number;
  /** Share of its runs, over all tasks, that are at least as good as each of `thresholds`. */
  profile: number[];
  /** By the means on each task; 1 is best. */
  meanRank: number;
}

/** Methods over several tasks. */
export interface MethodsOverTasks extends Pick<MeanRanks, 'friedmanP' | 'criticalDifference'> {
  tasks: number;
  /** Where performance profiles are read: rising values of the metric. */
  thresholds: number[];
  methods: MethodSummary[];
}

const THRESHOLDS = 101;

/** Null with fewer than two tasks, or where a method lacks a value on one of them. */
export function methodsOverTasks(scores: StudyScores): MethodsOverTasks | null {
  const { metric, better, methods, tasks } = scores;
  const sign = better === 'lower' ? -1 : 1;
  const values = scores.values.map((byTask) => byTask.map((some) => [...some.values()]));
  if (values.flat().some((some) => some.length === 0 || !some.every(Number.isFinite))) return null;
  const means = values.map((byTask) => byTask.map(meanOfNumbers));
  const ranked = meanRanks(tasks.map((_, t) => means.map((byTask) => sign * byTask[t]!)));
  if (ranked === null) return null;
  const thresholds = thresholdsOf(values.flat(2), metric);
  return {
    ...{ tasks: tasks.length, thresholds },
    ...{ friedmanP: ranked.friedmanP, criticalDifference: ranked.criticalDifference },
    methods: methods.map((method, m) => {
      const byTask = values[m]!;
      const all = byTask.flat();
      const worst = means[m]!.reduce(
        (w, mean, t) => (sign * mean < sign * means[m]![w]! ? t : w),
        0,
      );
      const above = byTask.map((some, t) =>
        probabilityAbove(
          some.map((value) => sign * value),
          values[0]![t]!.map((value) => sign * value),
        ),
      );
      return {
        method,
        worst: { task: tasks[worst]!, mean: means[m]![worst]! },
        interquartileMean: interquartileMean(all),
        interval: stratified95(byTask, interquartileMean),
        probabilityOfImprovement: meanOfNumbers(above),
        profile: thresholds.map(
          (threshold) =>
            all.filter((value) => sign * value >= sign * threshold).length / all.length,
        ),
        meanRank: ranked.ranks[m]!,
      };
    }),
  };
}

/** Of an accuracy 0 to 1, of others 0, or the least below it, to the greatest. */
function thresholdsOf(values: readonly number[], metric: StudyScores['metric']): number[] {
  const greatest = metric === 'accuracy' ? 1 : Math.max(...values);
  const least = Math.min(0, ...values);
  return Array.from(
    { length: THRESHOLDS },
    (_, i) => least + ((greatest - least) * i) / (THRESHOLDS - 1),
  );
}
