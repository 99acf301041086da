import { PALETTE } from '../format/plot.ts';

/** Width of a figure with one panel, and of each of two beside each other. */
export const WIDE_PX = 780;
export const HALF_PX = 350;

/** One value of a series at a place of an axis. */
export interface SeriesPoint {
  series: string;
  x: number;
  y: number;
}

interface LinesOptions {
  xTitle: string;
  yTitle: string | null;
  width?: number;
  height?: number;
  scale?: object;
  axis?: object;
  /** Drawn as steps: a value holds until the next one. */
  isStepped?: boolean;
  /** Names of the series, in their order. */
  series: readonly string[];
}

/** Lines over a quantity; a legend where there is more than one. */
export function lines(points: readonly SeriesPoint[], options: LinesOptions): object {
  const { xTitle, yTitle, width = WIDE_PX, height = 230, scale = {}, axis = {}, series } = options;
  return {
    ...{ width, height, data: { values: points } },
    mark: {
      type: 'line',
      clip: true,
      ...(options.isStepped ? { interpolate: 'step-after' } : {}),
      ...(points.length <= 60 * series.length ? { point: { size: 22 } } : {}),
    },
    encoding: {
      x: { field: 'x', type: 'quantitative', title: xTitle, axis: { tickCount: 6 } },
      y: { field: 'y', type: 'quantitative', title: yTitle, scale, axis },
      ...coloursOf(series),
    },
  };
}

/** A colour, and a dash beyond as many as there are colours. */
function coloursOf(series: readonly string[]): object {
  if (series.length <= 1) return { color: { value: PALETTE[0] } };
  const range = series.map((_, index) => PALETTE[index % PALETTE.length]!);
  return {
    color: {
      ...{ field: 'series', type: 'nominal', scale: { domain: series, range } },
      legend: { title: null, orient: 'bottom', columns: 4, symbolType: 'stroke', labelLimit: 220 },
    },
  };
}

/** How often values fall between bounds; the bounds grow so that long tails stay visible. */
export function histogram(
  values: readonly number[],
  bins = 24,
): { from: number; to: number; count: number }[] {
  const most = Math.max(...values);
  const width = niceWidth(most / bins);
  const counts = new Array<number>(Math.max(1, Math.ceil((most + 1e-9) / width))).fill(0);
  for (const value of values) {
    const bin = Math.min(counts.length - 1, Math.floor(value / width));
    counts[bin]! += 1;
  }
  return counts.map((count, bin) => ({ from: bin * width, to: (bin + 1) * width, count }));
}

/** 1, 2 or 5 times a power of ten, at least as wide. */
function niceWidth(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((step) => step * power >= least) ?? 10);
}
