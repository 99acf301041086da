import type { TopLevelSpec } from 'vega-lite';
import { compiledFigure } from './compiled-figure.ts';

/** Okabe and Ito's palette: colour-blind readers can distinguish them. Yellow is too pale for lines. */
export const PALETTE = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#CC79A7',
  '#E69F00',
  '#56B4E9',
  '#000000',
] as const;

/** Dash patterns of lines, solid first. */
export const DASHES: readonly number[][] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

const TEXT = '#222222';
const QUIET = '#555555';
const FONT = "'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

const THEME: NonNullable<TopLevelSpec['config']> = {
  background: 'white',
  font: FONT,
  view: { stroke: null },
  title: {
    anchor: 'start',
    color: TEXT,
    fontSize: 16,
    fontWeight: 600,
    subtitleColor: QUIET,
    subtitleFontSize: 13,
    subtitlePadding: 6,
    offset: 14,
  },
  axis: {
    labelColor: QUIET,
    labelFontSize: 12,
    titleColor: TEXT,
    titleFontSize: 13,
    titleFontWeight: 'normal',
    titlePadding: 10,
    gridColor: '#E6E6E6',
    domainColor: '#888888',
    tickColor: '#888888',
  },
  // The same room for labels everywhere, so that panels below each other line up.
  axisY: { domain: false, ticks: false, labelPadding: 6, minExtent: 42 },
  axisX: { grid: false, labelFlush: false, labelOverlap: 'greedy' },
  legend: {
    labelColor: TEXT,
    labelFontSize: 13,
    labelLimit: 400,
    titleColor: TEXT,
    titleFontSize: 13,
    titleFontWeight: 600,
    symbolStrokeWidth: 2.5,
    symbolSize: 350,
  },
  line: { strokeWidth: 2, strokeJoin: 'round' },
  concat: { spacing: 36 },
};

/** The y axis of every accuracy plot: the whole range, so that plots can be compared. */
export const ACCURACY_SCALE = { domain: [0, 1] };
export const ACCURACY_AXIS = { format: '.0%', tickCount: 5 };

/**
 * The specification drawn in our style, as the text of an SVG file. `isInPage`: for a page that has
 * its own background and margins.
 */
export async function drawSvg(
  spec: TopLevelSpec,
  { isInPage = false }: { isInPage?: boolean } = {},
): Promise<string> {
  // A tenth of a second to load, so only when something is drawn.
  const vega = await import('vega');
  // Without a canvas Vega takes a sign to be much wider than it is, and leaves room for that.
  (vega as unknown as TextMeasuring).textMetrics.width = widthOfText;
  const look = isInPage
    ? { padding: 4, config: { ...THEME, background: 'transparent' } }
    : { padding: 16, config: THEME };
  const themed = { ...spec, ...look } as TopLevelSpec;
  const view = new vega.View(vega.parse(await compiledFigure(themed)), { renderer: 'none' });
  try {
    return renumbered(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** Vega counts its ids on from picture to picture: the same picture shall have the same text. */
function renumbered(svg: string): string {
  const numbers = new Map<string, number>();
  return svg.replace(/(\sid="|url\(#)([a-z_]+)(\d+)/g, (_, before, kind, number) => {
    const id = `${kind}${number}`;
    if (!numbers.has(id)) numbers.set(id, numbers.size);
    return `${before}${kind}${numbers.get(id)}`;
  });
}

/** A part of Vega that its types do not name. */
interface TextMeasuring {
  textMetrics: { width: typeof widthOfText };
}

/** Width of a sans serif's average sign, in its font size. */
const SIGN_WIDTH = 0.55;

function widthOfText({ fontSize = 11 }: { fontSize?: number }, text: unknown): number {
  return SIGN_WIDTH * fontSize * String(text ?? '').length;
}
