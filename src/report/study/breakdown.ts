import { meanOfNumbers } from '../../statistics/describe.ts';
import { grouped } from '../format/grouped.ts';
import type { StudyResult } from './study-runs.ts';
import { bySeed } from './study-summary.ts';

/** Where a method stops to withstand attackers. */
export interface Breakdown {
  /** All levels besides the factor's, as text. */
  arm: string;
  /** The first level of the factor at which the mean accuracy is below half of that at its first level. */
  at: string | null;
  /** The last level before that. */
  withstands: string;
}

/** Accuracies below this share of the one without attackers count as broken down. */
const SHARE = 0.5;

/** The breakdown point over a factor whose levels rise, such as the number of Byzantine workers. */
export function breakdowns(results: readonly StudyResult[], factor: string): Breakdown[] {
  const armOf = ({ levels }: StudyResult) =>
    Object.entries(levels)
      .filter(([name]) => name !== factor)
      .map(([, level]) => level)
      .join(', ');
  return [...grouped(results, armOf)].flatMap(([arm, runs]) => {
    const byLevel = [...grouped(runs, ({ levels }) => levels[factor]!)].map(([level, some]) => ({
      level,
      mean: meanOfNumbers([...bySeed(some, ({ measures }) => measures.accuracy).values()]),
    }));
    const [first] = byLevel;
    if (first === undefined) return [];
    const broken = byLevel.findIndex(({ mean }) => !(mean >= SHARE * first.mean));
    const last = broken < 0 ? byLevel.at(-1)! : byLevel[Math.max(0, broken - 1)]!;
    return [{ arm, at: broken < 0 ? null : byLevel[broken]!.level, withstands: last.level }];
  });
}
