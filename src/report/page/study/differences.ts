import type { StudyFacts } from '../../study/study-report.ts';
import { finalRows, verdictColumns } from '../../study/verdict-columns.ts';
import { columnTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';
import { differenceIntervals } from './difference-intervals.ts';

const id = 'differences';
const title = 'Paired differences to the baseline';

/** Comparisons that are drawn. */
const MOST_ROWS = 60;

/** The comparisons of final values, as intervals. */
export async function differencesFigure({ verdicts }: StudyFacts): Promise<Figure | LeftOut> {
  const { comparisons, metric } = verdicts;
  if (comparisons.length === 0)
    return { id, title, why: 'there is nothing to compare: the study has one arm.' };
  const finite = comparisons.filter(({ meanDifference }) => Number.isFinite(meanDifference));
  const shown = finite.slice(0, MOST_ROWS);
  if (shown.length === 0) return { id, title, why: 'no difference is finite.' };
  const { baseline } = comparisons[0]!;
  const isAccuracy = metric === 'accuracy';
  const spec = differenceIntervals(shown, {
    // A difference of two accuracies is given in points: hundredths, of which neither is a share.
    scale: isAccuracy ? 100 : 1,
    title: `Difference of the final ${metric === 'rmse' ? 'RMSE' : metric} to ${baseline}${isAccuracy ? ' (points)' : ''}`,
  });
  const left = comparisons.length - shown.length;
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `Differences to ${baseline} of the same seeds under the same condition: mean and 95 % interval (Student's t). Colours show the verdict of the exact signed-rank test at 5 %, corrected over all ${comparisons.length} comparisons.${
      left > 0 ? ` The first ${shown.length} finite ones are drawn; the data has all.` : ''
    }`,
    data: columnTable(finalRows(verdicts), verdictColumns),
  };
}
