import { DASHES, PALETTE } from '../../format/plot.ts';
import type { ShownMetric } from '../../run/shown-metric.ts';
import { armCurves, type CurveAxis, type CurvePoint } from '../../study/study-curves.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';
import { armPanels } from './series.ts';

interface CurvesOptions {
  id: string;
  title: string;
  caption: string;
  axes: readonly { axis: CurveAxis; title: string }[];
  metric: ShownMetric;
}

/** Points of all curves of a figure, about: the more curves, the fewer of each. */
const MOST_POINTS = 6000;
const MOST_KNOTS = 120;
const LEAST_KNOTS = 16;

type NamedPoint = CurvePoint & { axis: string };

/** Each arm's mean and 95 % band over one or several axes, a panel for each condition. */
export async function curvesFigure(
  facts: StudyFacts,
  options: CurvesOptions,
): Promise<Figure | LeftOut> {
  const { id, title, axes, metric } = options;
  const panels = armPanels(facts);
  if (panels === null) {
    const why = `${facts.arms.length} arms would hide each other; the final values and the heat map show them.`;
    return { id, title, why };
  }
  const knots = Math.floor(MOST_POINTS / (facts.arms.length * axes.length));
  const most = Math.max(LEAST_KNOTS, Math.min(MOST_KNOTS, knots));
  const series = [...new Set(panels.flatMap(({ results, seriesOf }) => results.map(seriesOf)))];
  const points: NamedPoint[] = [];
  const drawn = panels.flatMap((panel) =>
    axes.map(({ axis, title: xTitle }, column) => {
      const nameOf = new Map(panel.results.map((result) => [result.arm, panel.seriesOf(result)]));
      const own = armCurves(panel.results, axis, metric, most);
      points.push(...own.map((point) => ({ ...point, axis })));
      const values = own.map((point) => ({ ...point, series: nameOf.get(point.arm)! }));
      return panelSpec(values, {
        xTitle,
        yTitle: column % 2 === 0 ? metric.title : null,
        series,
        metric,
        panel: panel.title,
      });
    }),
  );
  if (points.length === 0) return { id, title, why: 'no arm has values over its whole course.' };
  const columns = axes.length === 1 ? 3 : Math.min(axes.length, 2);
  const spec = { concat: drawn, columns, spacing: { row: 24, column: 26 } };
  return {
    ...{ id, title, svg: await picture(id, title, spec), caption: options.caption },
    data: dataTable(points, [
      ['arm', 'text', 'arm', ({ arm }) => arm],
      ['axis', 'text', 'quantity of x', ({ axis }) => axis],
      ['x', 'number', 'place on that axis', ({ x }) => x],
      ['mean', 'number', 'over seeds', ({ mean }) => mean],
      ['low', 'number', 'end of the 95 % interval', ({ low }) => low],
      ['high', 'number', 'its other end', ({ high }) => high],
    ]),
  };
}

interface PanelOptions {
  xTitle: string;
  yTitle: string | null;
  series: string[];
  metric: ShownMetric;
  panel: string | null;
}

function panelSpec(values: readonly { series: string }[], options: PanelOptions): object {
  const { xTitle, yTitle, series, metric, panel } = options;
  const y = { type: 'quantitative', title: yTitle, scale: metric.scale, axis: metric.axis };
  const bySeries = (range: unknown[]) => ({
    ...{ field: 'series', type: 'nominal', scale: { domain: series, range } },
    legend: { title: null, orient: 'bottom', columns: 4, symbolType: 'stroke', labelLimit: 200 },
  });
  const colours = series.map((_, index) => PALETTE[index % PALETTE.length]!);
  const dashes = series.map(
    (_, index) => DASHES[Math.floor(index / PALETTE.length) % DASHES.length]!,
  );
  // The colour itself, without a scale: a scale would put the bands in the legend.
  const coloured = values.map((point) => {
    return { ...point, colour: colours[series.indexOf(point.series)] };
  });
  return {
    ...{ width: 224, height: 180, data: { values: coloured } },
    ...(panel === null ? {} : { title: { text: panel, fontSize: 13, offset: 4, limit: 224 } }),
    encoding: {
      x: { field: 'x', type: 'quantitative', title: xTitle, axis: { tickCount: 4, format: '~s' } },
    },
    layer: [
      {
        mark: { type: 'area', opacity: 0.16, clip: true },
        encoding: {
          y: { field: 'low', ...y },
          y2: { field: 'high' },
          fill: { field: 'colour', type: 'nominal', scale: null },
          detail: { field: 'series' },
        },
      },
      {
        mark: { type: 'line', clip: true },
        encoding: {
          y: { field: 'mean', ...y },
          stroke: bySeries(colours),
          ...(series.length > PALETTE.length ? { strokeDash: bySeries(dashes) } : {}),
        },
      },
    ],
  };
}
