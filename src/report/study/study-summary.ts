import { quantileOf, sampleDeviation } from '../../statistics/describe.ts';
import {
  type Bounds95,
  bootstrap95,
  type Interval,
  interval95,
} from '../../statistics/intervals.ts';
import { grouped } from '../format/grouped.ts';
import type { CostToReach } from '../run/reached.ts';
import { comparedBy } from './compared-by.ts';
import type { Measures } from './measures.ts';
import type { StudyResult } from './study-runs.ts';

/** Results of an arm of a study, over its seeds. */
export interface ArmSummary {
  arm: string;
  levels: Record<string, string>;
  runs: number;
  diverged: number;
  /** Runs in which no update has changed the model. */
  untrained: number;
  /** Seeds for which every variant has been run: those that count below. */
  seeds: number[];
  /** Over seeds; a seed's value is the mean over the arm's variants. */
  measures: Record<keyof Measures, Interval | null>;
  /** The one that the study's options name, in `measures.metric`; null without one. */
  metric: string | null;
  /** Of what is compared: the study's own metric, the accuracy, or a regression's error; null without one. */
  spread: Spread | null;
  /** Accuracy minus the first arm's, seed by seed; null for the first arm itself. */
  accuracyGain: Interval | null;
  /** The same of a regression's error. */
  rmseGain: Interval | null;
  reached: ArmReached[];
}

/** How the final values of an arm's seeds are spread. */
interface Spread {
  median: number;
  /** Sample standard deviation; null for a single seed. */
  deviation: number | null;
  /** 95 % interval of the mean by the bootstrap; null for a single seed. */
  bootstrap: Bounds95 | null;
}

/** Runs of an arm that reached an accuracy, and what it took: null unless all of them did. */
export interface ArmReached extends Record<keyof CostToReach, Interval | null> {
  accuracy: number;
  runs: number;
}

/** The arms in the order in which they first come. */
export function armSummaries(results: readonly StudyResult[]): ArmSummary[] {
  const arms = grouped(results, ({ arm }) => arm);
  const first = [...arms.values()][0];
  return [...arms.values()].map((runs) => {
    const { arm, levels } = runs[0]!;
    return {
      arm,
      levels,
      runs: runs.length,
      diverged: runs.filter(({ diverged }) => diverged).length,
      untrained: runs.filter(({ untrained }) => untrained).length,
      seeds: completeSeeds(runs),
      measures: measuresOf(runs),
      metric: runs.find(({ metric }) => metric !== null)?.metric?.name ?? null,
      spread: spreadOf(runs),
      accuracyGain: runs === first ? null : gain(runs, first!, 'accuracy'),
      rmseGain: runs === first ? null : gain(runs, first!, 'rmse'),
      reached: reachedOf(runs),
    };
  });
}

function measuresOf(runs: readonly StudyResult[]): ArmSummary['measures'] {
  const names = Object.keys(runs[0]!.measures) as (keyof Measures)[];
  const over = (name: keyof Measures) =>
    interval95([...bySeed(runs, ({ measures }) => measures[name]).values()]);
  return Object.fromEntries(names.map((name) => [name, over(name)])) as ArmSummary['measures'];
}

function spreadOf(runs: readonly StudyResult[]): Spread | null {
  const { measure } = comparedBy(runs);
  const values = [...bySeed(runs, ({ measures }) => measures[measure]).values()];
  if (values.length === 0) return null;
  return {
    median: quantileOf(values, 0.5),
    deviation: values.length === 1 ? null : sampleDeviation(values),
    bootstrap: bootstrap95(values),
  };
}

const COSTS: readonly (keyof CostToReach)[] = [
  ...(['simTimeS', 'gradients', 'updates', 'bytes', 'energyJ'] as const),
];

/** Of runs of one arm, which were asked for the same accuracies. */
export function reachedOf(runs: readonly StudyResult[]): ArmReached[] {
  return runs[0]!.reached.map(({ accuracy }, index) => {
    const reached = runs.filter((run) => run.reached[index]!.at !== null).length;
    // A mean over those that made it would flatter an arm in which some did not.
    const all = reached === runs.length;
    const over = (pick: keyof CostToReach) =>
      all ? interval95([...bySeed(runs, (run) => run.reached[index]!.at![pick]).values()]) : null;
    const costs = Object.fromEntries(COSTS.map((pick) => [pick, over(pick)]));
    return { accuracy, runs: reached, ...(costs as Record<keyof CostToReach, Interval | null>) };
  });
}

function gain(
  runs: readonly StudyResult[],
  first: readonly StudyResult[],
  measure: 'accuracy' | 'rmse',
): Interval | null {
  const values = bySeed(runs, ({ measures }) => measures[measure]);
  const baseline = bySeed(first, ({ measures }) => measures[measure]);
  const shared = [...values.keys()].filter((seed) => baseline.has(seed));
  return interval95(shared.map((seed) => values.get(seed)! - baseline.get(seed)!));
}

/** The mean over variants for each seed that has them all, and a value in each. */
export function bySeed(
  runs: readonly StudyResult[],
  value: (run: StudyResult) => number | null,
): Map<number, number> {
  const means = new Map<number, number>();
  for (const seed of completeSeeds(runs)) {
    const values = runs.filter((run) => run.seed === seed).map(value);
    if (values.some((one) => one === null)) continue;
    means.set(seed, values.reduce<number>((sum, one) => sum + one!, 0) / values.length);
  }
  return means;
}

/** Otherwise a seed that lacks a variant would be compared with seeds that have it. */
export function completeSeeds(runs: readonly StudyResult[]): number[] {
  const variants = new Set(runs.map(({ variant }) => variant)).size;
  const seeds = grouped(runs, ({ seed }) => seed);
  return [...seeds].flatMap(([seed, some]) => (some.length === variants ? seed : []));
}
