import type { TopLevelSpec } from 'vega-lite';
import type { Closing } from './aggregations.ts';
import type { ConcentrationSpan } from './concentration.ts';
import { DASHES, drawSvg, PALETTE } from './plot.ts';

/** Servers with a panel of their own. */
const MOST_SERVERS = 8;
/** Times that a curve has at most: the values in between are averaged. */
const BINS = 120;
/** Ticks of an axis in powers of ten, besides 0 and 1. */
const MOST_POWERS = 6;
const WIDTH = 720;

const SERIES = ['faulty workers in range', 'faulty vectors aggregated', 'declared f'] as const;

type Point = { timeS: number; value: number; series: string };

export interface FaultFacts {
  name: string;
  seed: number;
  simTimeS: number;
  closings: readonly Closing[];
  spans: readonly ConcentrationSpan[];
}

/**
 * faults.svg: of each server that workers join the share of faulty ones among its workers and
 * among its vectors, beside the declared share; and kappa where it is known. Null when nobody was
 * faulty and kappa is not known.
 */
export async function faultPlot(facts: FaultFacts): Promise<string | null> {
  const kappa = kappaPoints(facts);
  const servers = isAnyoneFaulty(facts) ? shownServers(facts) : [];
  if (servers.length === 0 && kappa.length === 0) return null;
  const shares = servers.map((server, index) => {
    const isLast = index === servers.length - 1;
    return sharePanel(server, sharePoints(facts, server), isLast);
  });
  const panels = [...shares, ...(kappa.length > 0 ? [kappaPanel(kappa)] : [])];
  const time = { scale: { domain: [0, facts.simTimeS] } };
  return drawSvg({
    title: { text: `${facts.name}: faulty vectors, declared and real`, subtitle: subtitle(facts) },
    resolve: { scale: { color: 'independent', strokeDash: 'independent' } },
    spacing: 14,
    vconcat: panels.map((panel) => ({
      ...panel,
      encoding: { ...panel.encoding, x: { ...panel.encoding.x, ...time } },
    })),
  } as unknown as TopLevelSpec);
}

function subtitle({ seed, closings, spans }: FaultFacts): string {
  const exceeded = closings.filter((line) => line.type === 'aggregated' && line.exceeded).length;
  const all = closings.filter(({ type }) => type === 'aggregated').length;
  const others = new Set(spans.map(({ server }) => server)).size - MOST_SERVERS;
  return [
    `seed ${seed}`,
    `more faulty vectors than declared in ${exceeded} of ${all} aggregations`,
    ...(others > 0 ? [`${others} more servers with smaller shares`] : []),
  ].join(', ');
}

function isAnyoneFaulty({ closings, spans }: FaultFacts): boolean {
  return (
    closings.some((line) => line.type === 'aggregated' && line.faulty > 0) ||
    spans.some(({ faulty }) => faulty > 0)
  );
}

/** Those that workers join, with the greatest shares of faulty vectors; in the order of their names. */
function shownServers({ closings, spans }: FaultFacts): string[] {
  const joined = [...new Set(spans.map(({ server }) => server))];
  const shareOf = (server: string) => {
    const own = closings.filter((line) => line.server === server && line.type === 'aggregated');
    const vectors = own.reduce((sum, line) => sum + line.vectors, 0);
    const faulty = own.reduce((sum, line) => sum + ('faulty' in line ? line.faulty : 0), 0);
    return vectors === 0 ? 0 : faulty / vectors;
  };
  const shares = new Map(joined.map((server) => [server, shareOf(server)]));
  return joined
    .sort((a, b) => shares.get(b)! - shares.get(a)!)
    .slice(0, MOST_SERVERS)
    .sort();
}

function sharePoints({ closings, spans, simTimeS }: FaultFacts, server: string): Point[] {
  const [inRange, aggregated, declared] = SERIES;
  const own = closings.flatMap((line) =>
    line.type === 'aggregated' && line.server === server ? [line] : [],
  );
  const at = (value: (line: (typeof own)[number]) => number) =>
    own.map((line) => ({ timeS: line.timeUs / 1e6, value: value(line) }));
  const workers = spans.filter((span) => span.server === server);
  return [
    ...named(inRange, meanOverTime(workers, simTimeS)),
    ...named(
      aggregated,
      binned(
        at((line) => line.faulty / line.vectors),
        simTimeS,
      ),
    ),
    ...named(
      declared,
      binned(
        at((line) => Math.min(1, line.declaredF / line.vectors)),
        simTimeS,
      ),
    ),
  ];
}

function named(series: string, points: readonly Omit<Point, 'series'>[]): Point[] {
  return points.map((point) => ({ ...point, series }));
}

function kappaPoints({ closings, simTimeS }: FaultFacts): Point[] {
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

/** Means of what falls into each of so many equal times; those without any are left out. */
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

/** The share of faulty workers, mean over the time of each bin in which there were any. */
function meanOverTime(
  spans: readonly ConcentrationSpan[],
  endS: number,
): { timeS: number; value: number }[] {
  const widthS = endS / BINS;
  const bins = new Map<number, { share: number; timeS: number }>();
  for (const { fromS, toS, workers, faulty } of spans) {
    const last = Math.min(BINS - 1, Math.floor(toS / widthS));
    for (let bin = Math.floor(fromS / widthS); bin <= last; bin += 1) {
      const timeS = Math.min(toS, (bin + 1) * widthS) - Math.max(fromS, bin * widthS);
      if (timeS <= 0) continue;
      const sums = bins.get(bin) ?? { share: 0, timeS: 0 };
      bins.set(bin, {
        share: sums.share + (faulty / workers) * timeS,
        timeS: sums.timeS + timeS,
      });
    }
  }
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, { share, timeS }]) => ({ timeS: (bin + 0.5) * widthS, value: share / timeS }));
}

function sharePanel(server: string, values: readonly Point[], hasLegend: boolean) {
  const legend = hasLegend ? { orient: 'bottom', title: null, symbolType: 'stroke' } : null;
  const domain = [...SERIES];
  return {
    width: WIDTH,
    height: 90,
    title: { text: server, fontSize: 13, offset: 4 },
    data: { values },
    mark: { type: 'line', interpolate: 'step' },
    encoding: {
      x: { field: 'timeS', type: 'quantitative', title: hasLegend ? 'Simulated time (s)' : null },
      y: {
        field: 'value',
        type: 'quantitative',
        title: null,
        scale: { domain: [0, 1] },
        axis: { format: '.0%', tickCount: 3 },
      },
      color: {
        field: 'series',
        type: 'nominal',
        legend,
        scale: { domain, range: [PALETTE[5], PALETTE[1], PALETTE[6]] },
      },
      strokeDash: {
        field: 'series',
        type: 'nominal',
        legend,
        scale: { domain, range: [[1, 0], [1, 0], DASHES[1]] },
      },
    },
  };
}

/** Of an axis that is as good as logarithmic above 1: powers of ten, where Vega's own would crowd. */
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
  const ticks = powersUpTo(Math.max(...values.map(({ value }) => value)));
  return {
    width: WIDTH,
    height: 180,
    title: { text: 'kappa = |result - honest mean|² / variance of the honest', fontSize: 13 },
    data: { values },
    mark: { type: 'line' },
    encoding: {
      x: { field: 'timeS', type: 'quantitative', title: 'Simulated time (s)' },
      y: {
        field: 'value',
        type: 'quantitative',
        title: null,
        scale: { type: 'symlog' },
        ...(ticks && { axis: { values: ticks, format: '~g' } }),
      },
      color: {
        field: 'series',
        type: 'nominal',
        legend: { orient: 'bottom', title: null, columns: 4, symbolType: 'stroke' },
        scale: { range: [...PALETTE, '#999999'] },
      },
    },
  };
}
