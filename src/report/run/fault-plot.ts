import type { TopLevelSpec } from 'vega-lite';
import { drawSvg, PALETTE } from '../format/plot.ts';
import type { ServerClosing } from './aggregations.ts';
import type { ConcentrationSpan } from './concentration.ts';

/** Servers with a panel of their own. */
const MOST_SERVERS = 8;
/** Times that a curve has at most: the values in between are averaged. */
const BINS = 120;
/** Ticks of an axis in powers of ten, besides 0 and 1. */
const MOST_POWERS = 6;
const WIDTH = 720;

/** From the one drawn first, which is the widest: equal lines stay visible one inside the other. */
const SERIES = [
  { name: 'declared f', colour: '#BDBDBD', width: 8, dash: [1, 0] },
  { name: 'Byzantine vectors aggregated', colour: PALETTE[1], width: 3, dash: [1, 0] },
  { name: 'Byzantine workers in range', colour: PALETTE[0], width: 1.5, dash: [4, 3] },
] as const;
/** Lines of kappa, from the widest on, for the same reason. */
const KAPPA_WIDTHS = [5, 4.4, 3.8, 3.2, 2.6, 2, 1.5, 1];

type Point = { timeS: number; value: number; series: string };

interface FaultFacts {
  name: string;
  seed: number;
  simTimeS: number;
  closings: readonly ServerClosing[];
  spans: readonly ConcentrationSpan[];
}

type Panelled = Pick<FaultFacts, 'simTimeS' | 'closings' | 'spans'>;

/**
 * faults.svg: of each server that workers join the share of Byzantine ones among its workers and
 * among its vectors, beside the declared share; and kappa where it is known. Null when no node was
 * Byzantine and kappa is not known.
 */
export async function faultPlot(facts: FaultFacts): Promise<string | null> {
  const panels = faultPanels(facts);
  if (panels === null) return null;
  const text = `${facts.name}: Byzantine vectors, declared and real`;
  return drawSvg({ title: { text, subtitle: subtitle(facts) }, ...panels } as TopLevelSpec);
}

/** The panels of it, without a title. */
export function faultPanels(facts: Panelled): object | null {
  const kappa = kappaPoints(facts);
  const servers = isAnyoneByzantine(facts) ? shownServers(facts) : [];
  if (servers.length === 0 && kappa.length === 0) return null;
  const points = servers.map((server) => sharePoints(facts, server));
  const shown = SERIES.filter(({ name }) => points.flat().some(({ series }) => series === name));
  const shares = servers.map((server, index) => {
    const isLast = index === servers.length - 1;
    return sharePanel(server, points[index]!, shown, isLast);
  });
  const panels = [...shares, ...(kappa.length > 0 ? [kappaPanel(kappa)] : [])];
  const time = { scale: { domain: [0, facts.simTimeS] } };
  return {
    resolve: {
      scale: { color: 'independent', strokeDash: 'independent' },
    },
    spacing: 14,
    vconcat: panels.map((panel) => ({
      ...panel,
      encoding: { ...panel.encoding, x: { ...panel.encoding.x, ...time } },
    })),
  };
}

function subtitle({ seed, closings, spans }: FaultFacts): string {
  const layers = new Map<string, { all: number; byzantine: number; exceeded: number }>();
  for (const line of closings) {
    if (line.type !== 'aggregated') continue;
    const layer = layers.get(line.layer) ?? { all: 0, byzantine: 0, exceeded: 0 };
    layers.set(line.layer, layer);
    layer.all += 1;
    if (line.byzantine > 0) layer.byzantine += 1;
    if (line.exceeded) layer.exceeded += 1;
  }
  const others = new Set(spans.map(({ server }) => server)).size - MOST_SERVERS;
  return [
    `seed ${seed}`,
    ...[...layers].flatMap(([name, { all, byzantine, exceeded }]) =>
      byzantine === 0
        ? []
        : `more Byzantine vectors than declared in ${exceeded} of ${all} aggregations of layer ${name}`,
    ),
    ...(others > 0
      ? [`the ${MOST_SERVERS} servers with the greatest shares, ${others} left out`]
      : []),
  ].join(', ');
}

function isAnyoneByzantine({ closings, spans }: Panelled): boolean {
  return (
    closings.some((line) => line.type === 'aggregated' && line.byzantine > 0) ||
    spans.some(({ byzantine }) => byzantine > 0)
  );
}

/** Those that workers join, with the greatest shares of Byzantine vectors; in the order of their names. */
function shownServers({ closings, spans }: Panelled): string[] {
  const joined = [...new Set(spans.map(({ server }) => server))];
  const shareOf = (server: string) => {
    const own = closings.filter((line) => line.server === server && line.type === 'aggregated');
    const vectors = own.reduce((sum, line) => sum + line.vectors, 0);
    const byzantine = own.reduce(
      (sum, line) => sum + ('byzantine' in line ? line.byzantine : 0),
      0,
    );
    return vectors === 0 ? 0 : byzantine / vectors;
  };
  const shares = new Map(joined.map((server) => [server, shareOf(server)]));
  return joined
    .sort((a, b) => shares.get(b)! - shares.get(a)!)
    .slice(0, MOST_SERVERS)
    .sort();
}

function sharePoints({ closings, spans, simTimeS }: Panelled, server: string): Point[] {
  const [declared, aggregated, inRange] = SERIES.map(({ name }) => name);
  const own = closings.flatMap((line) =>
    line.type === 'aggregated' && line.server === server ? [line] : [],
  );
  const at = (value: (line: (typeof own)[number]) => number) =>
    own.map((line) => ({ timeS: line.timeUs / 1e6, value: value(line) }));
  // Where no worker is known to be Byzantine the vectors are drawn at random, and a share would be 0.
  const isKnown = spans.some(({ byzantine }) => byzantine > 0);
  const workers = isKnown ? spans.filter((span) => span.server === server) : [];
  const shareOf = (of: 'declaredF' | 'byzantine') =>
    binned(
      at((line) => Math.min(1, line[of] / line.vectors)),
      simTimeS,
    );
  return [
    ...named(declared!, shareOf('declaredF')),
    ...named(aggregated!, shareOf('byzantine')),
    ...named(inRange!, meanOverTime(workers, simTimeS)),
  ];
}

function named(series: string, points: readonly Omit<Point, 'series'>[]): Point[] {
  return points.map((point) => ({ ...point, series }));
}

function kappaPoints({ closings, simTimeS }: Panelled): Point[] {
  const byServer = new Map<string, { timeS: number; value: number }[]>();
  for (const line of closings) {
    if (line.type !== 'aggregated' || typeof line.honestMean?.kappa !== 'number') continue;
    const points = byServer.get(line.server) ?? [];
    points.push({ timeS: line.timeUs / 1e6, value: line.honestMean.kappa });
    byServer.set(line.server, points);
  }
  return [...byServer]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MOST_SERVERS)
    .flatMap(([server, points]) => named(server, binned(points, simTimeS)));
}

/** Means over equal times; a time without values is left out. */
function binned(
  points: readonly { timeS: number; value: number }[],
  endS: number,
): { timeS: number; value: number }[] {
  const widthS = endS / BINS;
  const bins = new Map<number, { sum: number; count: number }>();
  for (const { timeS, value } of points) {
    const bin = Math.min(BINS - 1, Math.floor(timeS / widthS));
    const { sum, count } = bins.get(bin) ?? { sum: 0, count: 0 };
    bins.set(bin, { sum: sum + value, count: count + 1 });
  }
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, { sum, count }]) => ({ timeS: (bin + 0.5) * widthS, value: sum / count }));
}

/** The share of Byzantine workers, mean over the time of each bin in which there were any. */
function meanOverTime(
  spans: readonly ConcentrationSpan[],
  endS: number,
): { timeS: number; value: number }[] {
  const widthS = endS / BINS;
  const bins = new Map<number, { share: number; timeS: number }>();
  for (const { fromS, toS, workers, byzantine } of spans) {
    const last = Math.min(BINS - 1, Math.floor(toS / widthS));
    for (let bin = Math.floor(fromS / widthS); bin <= last; bin += 1) {
      const timeS = Math.min(toS, (bin + 1) * widthS) - Math.max(fromS, bin * widthS);
      if (timeS <= 0) continue;
      const sums = bins.get(bin) ?? { share: 0, timeS: 0 };
      bins.set(bin, {
        share: sums.share + (byzantine / workers) * timeS,
        timeS: sums.timeS + timeS,
      });
    }
  }
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, { share, timeS }]) => ({ timeS: (bin + 0.5) * widthS, value: share / timeS }));
}

function sharePanel(
  server: string,
  values: readonly Point[],
  shown: readonly (typeof SERIES)[number][],
  hasLegend: boolean,
) {
  const legend = hasLegend ? { orient: 'bottom', title: null, symbolType: 'stroke' } : null;
  const bySeries = (range: unknown[]) => ({
    field: 'series',
    type: 'nominal',
    legend,
    scale: { domain: shown.map(({ name }) => name), range },
  });
  return {
    width: WIDTH,
    height: 90,
    title: { text: server, fontSize: 13, offset: 4 },
    data: { values },
    layer: shown.map(({ name, width }) =>
      lineOf(name, { strokeWidth: width, interpolate: 'step' }),
    ),
    encoding: {
      x: { field: 'timeS', type: 'quantitative', title: hasLegend ? 'Simulated time (s)' : null },
      y: {
        field: 'value',
        type: 'quantitative',
        title: null,
        scale: { domain: [0, 1] },
        axis: { format: '.0%', tickCount: 3 },
      },
      color: bySeries(shown.map(({ colour }) => colour)),
      strokeDash: bySeries(shown.map(({ dash }) => dash)),
    },
  };
}

/** The line of one series, by its own look: the order of the layers is that of drawing. */
function lineOf(series: string, look: object) {
  return {
    transform: [{ filter: { field: 'series', equal: series } }],
    mark: { type: 'line', ...look },
  };
}

/** Ticks of an axis that is nearly logarithmic above 1: powers of ten, where Vega's own would crowd. */
function powersUpTo(most: number): number[] | undefined {
  if (most <= 10) return undefined;
  const highest = Math.ceil(Math.log10(most));
  const step = Math.ceil(highest / MOST_POWERS);
  const powers = Array.from(
    { length: Math.floor(highest / step) + 1 },
    (_, at) => 10 ** (at * step),
  );
  return [0, ...powers];
}

function kappaPanel(values: readonly Point[]) {
  const legend = { orient: 'bottom', title: null, columns: 4, symbolType: 'stroke' };
  const servers = [...new Set(values.map(({ series }) => series))];
  const byServer = (range: unknown[]) => ({
    field: 'series',
    type: 'nominal',
    legend,
    scale: { domain: servers, range },
  });
  const ticks = powersUpTo(Math.max(...values.map(({ value }) => value)));
  return {
    width: WIDTH,
    height: 180,
    title: { text: 'kappa = |result - honest mean|² / variance of the honest', fontSize: 13 },
    data: { values },
    layer: servers.map((server, index) => lineOf(server, { strokeWidth: KAPPA_WIDTHS[index] })),
    encoding: {
      x: { field: 'timeS', type: 'quantitative', title: 'Simulated time (s)' },
      y: {
        field: 'value',
        type: 'quantitative',
        title: null,
        scale: { type: 'symlog' },
        ...(ticks && { axis: { values: ticks, format: '~g' } }),
      },
      color: byServer([...PALETTE, '#999999']),
    },
  };
}
