import { PALETTE } from '../../format/plot.ts';
import type { Verdict } from '../../study/verdicts.ts';

const OUTCOMES = [
  { outcome: 'better', name: 'better', colour: PALETTE[0] },
  { outcome: 'worse', name: 'worse', colour: PALETTE[1] },
  { outcome: 'not-told-apart', name: 'not told apart', colour: '#888888' },
  { outcome: 'too-few', name: 'no verdict: too few seeds', colour: PALETTE[4] },
] as const;

/**
 * A Vega-Lite view of paired differences as intervals, a row each, coloured by their verdicts.
 * `scale`: factor from the measure's unit to the unit of the axis. `legendOf`: the verdicts of all views
 * that share a legend.
 */
export function differenceIntervals(
  shown: readonly Verdict[],
  {
    scale,
    title,
    legendOf = shown,
  }: {
    scale: number;
    title: string;
    legendOf?: readonly Verdict[];
  },
): object {
  const values = shown.map((verdict) => ({
    name: verdict.task === '' ? verdict.method : `${verdict.task}: ${verdict.method}`,
    mean: scale * verdict.meanDifference,
    low: scale * (verdict.interval?.[0] ?? verdict.meanDifference),
    high: scale * (verdict.interval?.[1] ?? verdict.meanDifference),
    outcome: OUTCOMES.find(({ outcome }) => outcome === verdict.outcome)!.name,
  }));
  const used = OUTCOMES.filter(({ outcome }) => legendOf.some((each) => each.outcome === outcome));
  const axis = { format: '+.3~g', grid: true, tickCount: 6 };
  const x = (field: string) => ({ ...{ field, type: 'quantitative', axis }, title });
  const color = {
    ...{ field: 'outcome', type: 'nominal' },
    scale: { domain: used.map(({ name }) => name), range: used.map(({ colour }) => colour) },
    legend: { title: null, orient: 'bottom', symbolType: 'circle', symbolSize: 90 },
  };
  return {
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
}
