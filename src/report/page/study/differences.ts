import { PALETTE } from '../../format/plot.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import { verdictColumns } from '../../study/verdict-columns.ts';
import type { Verdict } from '../../study/verdicts.ts';
import { columnTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'differences';
const title = 'Paired differences to the baseline';

/** Comparisons that are drawn. */
const MOST_ROWS = 60;

const OUTCOMES = [
  { outcome: 'better', name: 'better', colour: PALETTE[0] },
  { outcome: 'worse', name: 'worse', colour: PALETTE[1] },
  { outcome: 'not-told-apart', name: 'not told apart', colour: '#888888' },
  { outcome: 'too-few', name: 'no verdict: too few seeds', colour: PALETTE[4] },
] as const;

/** What each comparison of the verdicts came to, as an interval. */
export async function differencesFigure({ verdicts }: StudyFacts): Promise<Figure | LeftOut> {
  const { comparisons, metric } = verdicts;
  if (comparisons.length === 0)
    return { id, title, why: 'there is nothing to compare: the study has one arm.' };
  const finite = comparisons.filter(({ meanDifference }) => Number.isFinite(meanDifference));
  const shown = finite.slice(0, MOST_ROWS);
  if (shown.length === 0) return { id, title, why: 'no difference is finite.' };
  // A difference of two accuracies is given in points: hundredths, of which neither is a share.
  const unit = metric === 'accuracy' ? 100 : 1;
  const values = shown.map((verdict) => ({
    name: nameOf(verdict),
    mean: unit * verdict.meanDifference,
    low: unit * (verdict.interval?.[0] ?? verdict.meanDifference),
    high: unit * (verdict.interval?.[1] ?? verdict.meanDifference),
    outcome: OUTCOMES.find(({ outcome }) => outcome === verdict.outcome)!.name,
  }));
  const used = OUTCOMES.filter(({ name }) => values.some(({ outcome }) => outcome === name));
  const axis = { format: '+.3~g', grid: true, tickCount: 6 };
  const x = (field: string) => ({
    ...{ field, type: 'quantitative', axis },
    title: `Difference of the final ${metric === 'rmse' ? 'RMSE' : metric} to ${comparisons[0]!.baseline}${metric === 'accuracy' ? ' (points)' : ''}`,
  });
  const color = {
    ...{ field: 'outcome', type: 'nominal' },
    scale: { domain: used.map(({ name }) => name), range: used.map(({ colour }) => colour) },
    legend: { title: null, orient: 'bottom', symbolType: 'circle', symbolSize: 90 },
  };
  const spec = {
    ...{ width: 480, height: { step: shown.length > 30 ? 15 : 22 }, data: { values } },
    encoding: {
      y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { labelLimit: 320 } },
      color,
    },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2.5, clip: true },
        encoding: { x: x('low'), x2: { field: 'high' } },
      },
      { mark: { type: 'point', filled: true, size: 60, opacity: 1 }, encoding: { x: x('mean') } },
      {
        data: { values: [{}] },
        mark: { type: 'rule', color: '#555555' },
        encoding: { x: { datum: 0 }, y: null, color: null },
      },
    ],
  };
  const left = comparisons.length - shown.length;
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `Differences to ${comparisons[0]!.baseline} of the same seeds under the same condition: mean and 95 % interval (Student's t). Colours show the verdict of the exact signed-rank test at 5 %, corrected over all ${comparisons.length} comparisons.${
      left > 0 ? ` The first ${shown.length} finite ones are drawn; the data has all.` : ''
    }`,
    data: columnTable(comparisons, verdictColumns),
  };
}

function nameOf({ task, method }: Verdict): string {
  return task === '' ? method : `${task}: ${method}`;
}
