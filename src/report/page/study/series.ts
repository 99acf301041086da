import { grouped } from '../../format/grouped.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import type { StudyResult } from '../../study/study-runs.ts';

/** Panels beside each other in which lines of several arms are told apart. */
interface ArmPanel {
  title: string | null;
  results: StudyResult[];
  /** The name of an arm's line in its panel. */
  seriesOf: (result: StudyResult) => string;
}

/** Lines that a panel has at most, and panels of a figure. */
const MOST_LINES = 14;
const MOST_PANELS = 12;

/**
 * One panel for each condition, with a line for each level of the compared factor; one for all arms
 * where they are few. Null where there would be too many.
 */
export function armPanels({ results, verdicts }: StudyFacts): ArmPanel[] | null {
  const arms = new Set(results.map(({ arm }) => arm)).size;
  const { compare } = verdicts;
  const factors = Object.keys(results[0]?.levels ?? {});
  if (compare === null || factors.length < 2) {
    return arms > MOST_LINES
      ? null
      : [{ title: null, results: [...results], seriesOf: ({ arm }) => arm }];
  }
  const conditions = grouped(results, ({ levels }) =>
    factors
      .filter((factor) => factor !== compare)
      .map((factor) => levels[factor])
      .join(', '),
  );
  const methods = new Set(results.map(({ levels }) => levels[compare])).size;
  if (conditions.size > MOST_PANELS || methods > MOST_LINES) return null;
  return [...conditions].map(([title, own]) => {
    return { title, results: own, seriesOf: ({ levels }) => levels[compare]! };
  });
}
