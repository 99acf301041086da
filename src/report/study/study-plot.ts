import type { TopLevelSpec } from 'vega-lite';
import { DASHES, drawSvg, PALETTE } from '../format/plot.ts';
import { shownMetric } from '../run/shown-metric.ts';
import { armCurves, type CurveAxis, type CurvePoint } from './study-curves.ts';
import type { StudyResult } from './study-runs.ts';

const PANELS: { axis: CurveAxis; title: string }[] = [
  { axis: 'gradients', title: 'Aggregated gradients' },
  { axis: 'updates', title: 'Updates of the model' },
  { axis: 'simTimeS', title: 'Simulated time (s)' },
];

const NEAR_THE_TOP = 0.1;

/**
 * One SVG: accuracy over gradients, updates and simulated time, each arm's mean and 95 % band. The
 * upper row shows the whole range, the lower one the end of the arms that learnt well, close up.
 * Of a regression it shows the error, in one row.
 */
export function studyPlot(name: string, results: readonly StudyResult[]): Promise<string> {
  const looks = looksOf(results);
  const seeds = new Set(results.map(({ seed }) => seed)).size;
  const subtitle =
    seeds > 1 ? `mean and 95 % confidence interval over ${seeds} seeds` : `${seeds} seed`;
  const metric = shownMetric(results.flatMap(({ rows }) => rows));
  const curves = PANELS.map(({ axis, title }) => ({
    title,
    points: armCurves(results, axis, metric),
  }));
  const greatest = Math.max(0, ...curves.flatMap(({ points }) => points.map(({ mean }) => mean)));
  const row = (label: string, domain: number[], isLast: boolean) =>
    curves.map(({ title, points }, index) =>
      panel(points, looks, {
        xTitle: isLast ? title : null,
        yTitle: index === 0 ? label : null,
        domain,
        axis: metric.axis,
      }),
    );
  const isAccuracy = metric.key === 'accuracy';
  const top = Math.min(1, greatest + 0.01);
  const isWorthALook = isAccuracy && greatest > NEAR_THE_TOP;
  return drawSvg({
    title: { text: name, subtitle },
    spacing: { row: 20, column: 36 },
    columns: PANELS.length,
    concat: [
      ...row(metric.title, [0, isAccuracy ? 1 : highestError(curves)], !isWorthALook),
      ...(isWorthALook ? row(`${metric.title} (close-up)`, [top - NEAR_THE_TOP, top], true) : []),
    ],
  } as TopLevelSpec);
}

/** An arm that becomes much worse than untrained leaves the picture: it would flatten all others. */
function highestError(curves: readonly { points: readonly CurvePoint[] }[]): number {
  const points = curves.flatMap((curve) => curve.points);
  // Over gradients, which are 0 for an untrained model only.
  const untrained = curves[0]!.points.filter(({ x }) => x === 0);
  const highest = (some: readonly CurvePoint[]) => Math.max(0, ...some.map(({ mean }) => mean));
  return Math.min(highest(points), 1.5 * highest(untrained) || Infinity) || 1;
}

interface PanelOptions {
  xTitle: string | null;
  yTitle: string | null;
  domain: number[];
  axis: object;
}

function panel(points: readonly CurvePoint[], looks: Looks, options: PanelOptions) {
  const { xTitle, yTitle, domain, axis } = options;
  const metric = (field: string, title: string | null) => ({
    field,
    type: 'quantitative',
    title,
    scale: { domain, zero: false, nice: false },
    axis,
  });
  return {
    width: 300,
    height: 210,
    data: {
      values: points.map((point) => ({
        ...point,
        colour: looks.colours[looks.arms.indexOf(point.arm)],
      })),
    },
    encoding: { x: { field: 'x', type: 'quantitative', title: xTitle, axis: { tickCount: 5 } } },
    layer: [
      {
        mark: { type: 'area', opacity: 0.15, clip: true },
        encoding: {
          y: metric('low', yTitle),
          y2: { field: 'high' },
          // The colour itself, without a scale: a scale would put the bands in the legend.
          fill: { field: 'colour', type: 'nominal', scale: null },
          detail: { field: 'arm' },
        },
      },
      {
        mark: { type: 'line', clip: true },
        encoding: {
          y: metric('mean', yTitle),
          stroke: byArm(looks.arms, looks.colours),
          strokeDash: byArm(looks.arms, looks.dashes),
        },
      },
    ],
  };
}

interface Looks {
  arms: string[];
  colours: string[];
  dashes: number[][];
}

/**
 * With two factors, colours show the levels of the one and dashes those of the other, so that a
 * reader sees both at a glance. Otherwise every arm has its colour.
 */
function looksOf(results: readonly StudyResult[]): Looks {
  const first = new Map(results.map((result) => [result.arm, result] as const));
  const arms = [...first.keys()];
  const levels = [...first.values()].map((result) => Object.values(result.levels));
  const distinct = (factor: number) => [...new Set(levels.map((some) => some[factor] ?? ''))];
  const [a, b] = [distinct(0), distinct(1)];
  const twoFactors = levels.every((some) => some.length === 2);
  if (twoFactors && Math.min(a.length, b.length) <= DASHES.length && arms.length > 2) {
    // The shorter list goes to the dashes, of which there are fewer.
    const [dashed, coloured] = a.length <= b.length ? [0, 1] : [1, 0];
    const [dashLevels, colourLevels] = dashed === 0 ? [a, b] : [b, a];
    if (colourLevels.length <= PALETTE.length) {
      return {
        arms,
        colours: levels.map((some) => PALETTE[colourLevels.indexOf(some[coloured]!)]!),
        dashes: levels.map((some) => DASHES[dashLevels.indexOf(some[dashed]!)]!),
      };
    }
  }
  return {
    arms,
    colours: arms.map((_, index) => PALETTE[index % PALETTE.length]!),
    dashes: arms.map((_, index) => DASHES[Math.floor(index / PALETTE.length) % DASHES.length]!),
  };
}

const LEGEND = {
  title: null,
  orient: 'bottom',
  columns: 3,
  offset: 24,
  columnPadding: 30,
  symbolType: 'stroke',
};

function byArm(arms: string[], range: unknown[]) {
  return { field: 'arm', type: 'nominal', scale: { domain: arms, range }, legend: LEGEND };
}
