import { join } from 'node:path';
import { grouped } from '../format/grouped.ts';
import { type RunFiles, readRunFiles } from '../page/run-files.ts';
import { type ComparedBy, comparedBy } from '../study/compared-by.ts';
import type { StudyFacts } from '../study/study-report.ts';
import type { StudyResult } from '../study/study-runs.ts';
import { type ArmReached, bySeed, reachedOf } from '../study/study-summary.ts';
import { verdictNote, verdictSentences } from '../study/verdict-text.ts';
import { type Verdict, verdictsOf } from '../study/verdicts.ts';
import {
  configsDiffer,
  type Differing,
  isUnknown,
  type OriginDifferences,
  partsDiffer,
} from './origins.ts';

/** Differences of two studies, and the ends of the second one beside the first. */
export interface ComparedStudies {
  studies: [string, string];
  /** Those with a run that lacks its config or provenance.json. */
  unknown: string[];
  differences: OriginDifferences;
  /** Arms, by where they are. */
  arms: { both: string[]; onlyFirst: string[]; onlySecond: string[] };
  /** Runs of the same arm, variant and seed in both; how many of them have the same journal. */
  pairs: { runs: number; sameJournal: number };
  /** Of each arm in both, over the seeds that both have: the second study minus the first. */
  comparisons: Verdict[];
  sentences: string[];
  /**
   * The costs of both to reach an accuracy, likewise over what both have: of each that both were
   * asked for.
   */
  reached: { arm: string; accuracy: number; runs: number; studies: [ArmReached, ArmReached] }[];
}

type Pair = readonly [StudyResult, StudyResult];

export function compareStudies(
  [first, second]: readonly [StudyFacts, StudyFacts],
  names: [string, string],
): ComparedStudies {
  const pairs = first.results.flatMap((one): Pair[] => {
    const other = second.results.find((each) => runKey(each) === runKey(one));
    return other === undefined ? [] : [[one, other]];
  });
  const [ours, theirs] = [armsOf(first), armsOf(second)];
  const both = ours.filter((arm) => theirs.includes(arm));
  const by = comparedByBoth(first, second);
  // Seeds and variants that one study lacks would shift the means of the other.
  const final = (side: 0 | 1, arm: string) => {
    const runs = pairs.flatMap((pair) => (pair[side].arm === arm ? pair[side] : []));
    return bySeed(runs, ({ measures }) => measures[by.measure]);
  };
  const comparisons = verdictsOf({
    ...{ ...by, methods: names, tasks: both },
    values: ([0, 1] as const).map((side) => both.map((arm) => final(side, arm))),
  });
  return {
    studies: names,
    unknown: names.filter((_, side) => filesOf([first, second][side]!).some(isUnknown)),
    differences: {
      config: [...optionsDiffer(first, second), ...armConfigsDiffer(first, second, pairs)],
      ...partsDiffer(
        [first, second].map((facts) =>
          filesOf(facts).flatMap(({ provenance }) => provenance ?? []),
        ),
      ),
    },
    arms: {
      both,
      onlyFirst: ours.filter((arm) => !both.includes(arm)),
      onlySecond: theirs.filter((arm) => !both.includes(arm)),
    },
    pairs: {
      runs: pairs.length,
      sameJournal: pairs.filter(([one, other]) => one.journalHash === other.journalHash).length,
    },
    comparisons,
    sentences: [
      ...verdictSentences(comparisons, by.metric),
      ...(comparisons.length === 0 ? [] : [verdictNote(comparisons, by)]),
    ],
    reached: both.flatMap((arm) => reachedInBoth(arm, pairs)),
  };
}

/** The metric of both; where they name different ones the accuracy, of a regression its error. */
function comparedByBoth(first: StudyFacts, second: StudyFacts): ComparedBy {
  const { metric, better, measure } = first.verdicts;
  if (second.verdicts.metric === metric) return { metric, better, measure };
  return comparedBy(first.results.map((result) => ({ ...result, metric: null })));
}

function reachedInBoth(arm: string, pairs: readonly Pair[]): ComparedStudies['reached'] {
  const own = pairs.filter(([one]) => one.arm === arm);
  if (own.length === 0) return [];
  const [ours, theirs] = ([0, 1] as const).map((side) => reachedOf(own.map((pair) => pair[side])));
  return ours!.flatMap((one) => {
    const other = theirs!.find(({ accuracy }) => accuracy === one.accuracy);
    if (other === undefined || one.runs + other.runs === 0) return [];
    return [{ arm, accuracy: one.accuracy, runs: own.length, studies: [one, other] }];
  });
}

function runKey({ arm, variant, seed }: StudyResult): string {
  return JSON.stringify([arm, variant, seed]);
}

function armsOf({ arms }: StudyFacts): string[] {
  return arms.map(({ arm }) => arm);
}

function filesOf({ studyDir, results }: StudyFacts): RunFiles[] {
  return results.map(({ folder }) => readRunFiles(join(studyDir, folder)));
}

function optionsDiffer({ options: one }: StudyFacts, { options: other }: StudyFacts): Differing[] {
  return (['window', 'reach'] as const).flatMap((key) => {
    const values = [one, other].map((options) => JSON.stringify(options[key]));
    return values[0] === values[1] ? [] : [{ what: `report.${key}`, values }];
  });
}

/** Of the first pair of each arm and variant: what all of them differ in alike is printed once. */
function armConfigsDiffer(
  first: StudyFacts,
  second: StudyFacts,
  pairs: readonly Pair[],
): Differing[] {
  const arms = [...grouped(pairs, ([{ arm, variant }]) => JSON.stringify([arm, variant])).values()];
  const found = arms.flatMap(([pair]) => {
    const [one, other] = pair!;
    const configs = [join(first.studyDir, one.folder), join(second.studyDir, other.folder)];
    const { arm, variant } = one;
    const name = variant === null ? arm : `${arm}, ${variant}`;
    return configsDiffer(configs.map((dir) => readRunFiles(dir).config)).map((each) => {
      return { name, ...each };
    });
  });
  const alike = grouped(found, ({ what, values }) => JSON.stringify([what, values]));
  return [...alike.values()].map((some) => {
    const { what, values } = some[0]!;
    const names = some.map(({ name }) => name).join('; ');
    return { what: some.length === arms.length ? what : `${what} (${names})`, values };
  });
}
