import { accuracyText } from '../../run/reached.ts';
import { COSTS } from '../../study/cost-verdicts.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import { costRows, verdictColumns } from '../../study/verdict-columns.ts';
import { columnTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';
import { differenceIntervals } from './difference-intervals.ts';

const id = 'cost-differences';
const title = 'Paired differences in the cost of an accuracy';

/** Comparisons of one cost that are drawn. */
const MOST_ROWS = 30;

/** The comparisons of costs as intervals, a panel for each cost. */
export async function costDifferencesFigure({ verdicts }: StudyFacts): Promise<Figure | LeftOut> {
  const { costs } = verdicts;
  if (costs === null)
    return {
      ...{ id, title },
      why: 'there is no accuracy that all runs of the baseline and of another method reached.',
    };
  const { baseline } = costs.comparisons[0]!;
  const panels = COSTS.flatMap(({ cost, unit, scale }) => {
    const shown = costs.comparisons.filter((each) => each.cost === cost).slice(0, MOST_ROWS);
    if (shown.length === 0) return [];
    const name = unit[0]!.toUpperCase() + unit.slice(1);
    const title = `${name} more than ${baseline}`;
    return [differenceIntervals(shown, { scale, title, legendOf: costs.comparisons })];
  });
  const spec = { vconcat: panels };
  const all = costs.comparisons.length;
  const isCut = COSTS.some(
    ({ cost }) => costs.comparisons.filter((each) => each.cost === cost).length > MOST_ROWS,
  );
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `Extra cost of each beyond that of ${baseline} to reach ${accuracyText(costs.accuracy)} with the same seeds under the same condition: mean and 95 % interval (Student's t); to the left of the line it is less. Only conditions in which all runs of both came there. Colours show the verdict of the exact signed-rank test at 5 %, corrected over the comparisons of the same cost (${all} in all).${
      isCut ? ` The first ${MOST_ROWS} of each cost are drawn; the data has all.` : ''
    }`,
    data: columnTable(costRows(verdicts), verdictColumns),
  };
}
