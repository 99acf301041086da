import { PALETTE } from '../format/plot.ts';
import { element, text } from '../format/svg.ts';

const WIDTH = 960;
const MARGIN = 24;
const TITLE = 62;
/** Shades of the heat map, from little time to most. */
const SHADES = 6;
const HEAT = ['#FFF3D6', '#FEDFA6', '#FDC170', '#F99A43', '#E8702A', '#B9441B'];
const TRAILS: Record<string, string> = {
  car: PALETTE[0],
  pedestrian: PALETTE[2],
  container: PALETTE[3],
};

/** Contents of a map, in metres; y goes north. */
interface MapContents {
  title: string;
  subtitle: string;
  bounds: { minXM: number; minYM: number; maxXM: number; maxYM: number };
  streets: { isPath: boolean; widthM: number; shape: readonly number[] }[];
  heat: {
    minXM: number;
    minYM: number;
    cellM: number;
    columns: number;
    entityS: ArrayLike<number>;
  };
  trails: { kind: string; entity: string; x: ArrayLike<number>; y: ArrayLike<number> }[];
  /** Regions of the map as cells, rows from the south: which one each cell is in; -1: none. */
  regions: {
    cellM: number;
    columns: number;
    inRegion: ArrayLike<number>;
    names: readonly string[];
  };
  sites: { server: string; xM: number; yM: number; rangeM: number }[];
}

/** Streets, where entities spent their time, some of their ways, and the servers with their ranges. */
export function mapSvg(map: MapContents): string {
  const { bounds, sites } = map;
  const scale = (WIDTH - 2 * MARGIN) / Math.max(1, bounds.maxXM - bounds.minXM);
  const height = TITLE + (bounds.maxYM - bounds.minYM) * scale + 2 * MARGIN + 30;
  const x = (xM: number) => MARGIN + (xM - bounds.minXM) * scale;
  const y = (yM: number) => TITLE + MARGIN + (bounds.maxYM - yM) * scale;
  const line = (xs: ArrayLike<number>, ys: ArrayLike<number>) =>
    Array.from(xs, (xM, index) => `${x(xM).toFixed(1)},${y(ys[index]!).toFixed(1)}`).join(' ');
  const parts = [
    element('rect', { width: WIDTH, height, fill: 'white' }),
    text(MARGIN, 30, map.title, { 'font-size': 20, 'font-weight': 600, fill: '#222222' }),
    text(MARGIN, 52, map.subtitle, { 'font-size': 14, fill: '#555555' }),
    ...regionParts(map, scale, x, y),
    ...map.streets.map(({ isPath, widthM, shape }) =>
      element('polyline', {
        points: line(
          shape.filter((_, index) => index % 2 === 0),
          shape.filter((_, index) => index % 2 === 1),
        ),
        fill: 'none',
        stroke: isPath ? '#ECECEC' : '#DCDCDC',
        'stroke-width': Math.max(0.6, widthM * scale),
      }),
    ),
    ...heatParts(map, scale, x, y),
    ...map.trails.map((trail) =>
      element(
        'polyline',
        {
          ...{ points: line(trail.x, trail.y), fill: 'none', 'stroke-opacity': 0.7 },
          ...{ stroke: TRAILS[trail.kind] ?? PALETTE[6], 'stroke-width': 1.2 },
        },
        element('title', {}, `${trail.kind} ${trail.entity}`),
      ),
    ),
    ...sites.flatMap(({ server, xM, yM, rangeM }) => [
      element('circle', {
        ...{ cx: x(xM), cy: y(yM), r: rangeM * scale, fill: PALETTE[0], 'fill-opacity': 0.08 },
        ...{ stroke: PALETTE[0], 'stroke-width': 1.5 },
      }),
      element('circle', { cx: x(xM), cy: y(yM), r: 4, fill: PALETTE[0] }),
      text(x(xM), y(yM) - 9, server, {
        ...{ 'font-size': 13, 'font-weight': 600, 'text-anchor': 'middle', fill: '#111111' },
        ...{ stroke: 'white', 'stroke-width': 3, 'paint-order': 'stroke' },
      }),
    ]),
    ...regionNames(map, x, y),
    ...legend(map, scale, height),
  ];
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${WIDTH} ${Math.round(height)}`,
      ...{ width: WIDTH, height: Math.round(height) },
      'font-family': "'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif",
    },
    `\n${parts.join('\n')}\n`,
  )}\n`;
}

/** One path a region, of the rows of its cells. */
function regionParts(
  { regions, bounds }: MapContents,
  scale: number,
  x: (xM: number) => number,
  y: (yM: number) => number,
): string[] {
  const { cellM, columns, inRegion, names } = regions;
  const side = cellM * scale;
  return names.map((_, index) => {
    const stripes: string[] = [];
    for (let cell = 0; cell < inRegion.length; cell += 1) {
      if (inRegion[cell] !== index) continue;
      const first = cell;
      while ((cell + 1) % columns !== 0 && inRegion[cell + 1] === index) cell += 1;
      const left = x(bounds.minXM + (first % columns) * cellM).toFixed(1);
      const top = y(bounds.minYM + (Math.floor(first / columns) + 1) * cellM).toFixed(1);
      const width = ((cell - first + 1) * side).toFixed(1);
      stripes.push(`M${left} ${top}h${width}v${side.toFixed(1)}h-${width}z`);
    }
    const fill = PALETTE[index % PALETTE.length]!;
    return element('path', { d: stripes.join(''), fill, 'fill-opacity': 0.22 });
  });
}

/** Each name in the middle of its region. */
function regionNames(
  { regions, bounds }: MapContents,
  x: (xM: number) => number,
  y: (yM: number) => number,
): string[] {
  const { cellM, columns, inRegion, names } = regions;
  return names.flatMap((name, index) => {
    const own = Array.from(inRegion, (region, cell) => (region === index ? cell : -1));
    const cells = own.filter((cell) => cell !== -1);
    if (cells.length === 0) return [];
    const column = cells.reduce((sum, cell) => sum + (cell % columns), 0) / cells.length;
    const row = cells.reduce((sum, cell) => sum + Math.floor(cell / columns), 0) / cells.length;
    const at = [bounds.minXM + (column + 0.5) * cellM, bounds.minYM + (row + 0.5) * cellM] as const;
    return [
      text(x(at[0]), y(at[1]) + 5, name, {
        ...{ 'font-size': 15, 'font-style': 'italic', 'text-anchor': 'middle', fill: '#333333' },
        ...{ stroke: 'white', 'stroke-width': 3, 'paint-order': 'stroke' },
      }),
    ];
  });
}

/** One path a shade: squares of cells, shaded by the logarithm of the time in them. */
function heatParts(
  { heat }: MapContents,
  scale: number,
  x: (xM: number) => number,
  y: (yM: number) => number,
): string[] {
  const { cellM, columns, entityS } = heat;
  const most = Math.log1p(Array.from(entityS).reduce((high, each) => Math.max(high, each), 0));
  const squares: string[][] = Array.from({ length: SHADES }, () => []);
  const side = (cellM * scale).toFixed(1);
  for (let cell = 0; cell < entityS.length; cell += 1) {
    if (entityS[cell]! <= 0) continue;
    const shade = Math.floor((SHADES * Math.log1p(entityS[cell]!)) / most);
    const left = x(heat.minXM + (cell % columns) * cellM).toFixed(1);
    const top = y(heat.minYM + (Math.floor(cell / columns) + 1) * cellM).toFixed(1);
    squares[Math.min(SHADES - 1, shade)]!.push(`M${left} ${top}h${side}v${side}h-${side}z`);
  }
  return squares.map((each, shade) =>
    element('path', { d: each.join(''), fill: HEAT[shade]!, 'fill-opacity': 0.85 }),
  );
}

/** How long a stretch of the map is, and what the colours are. */
function legend({ bounds, trails }: MapContents, scale: number, height: number): string[] {
  const wide = (bounds.maxXM - bounds.minXM) / 6;
  const unit = 10 ** Math.floor(Math.log10(wide));
  const lengthM = [5, 2, 1].map((factor) => factor * unit).find((length) => length <= wide) ?? unit;
  const base = height - 16;
  const kinds = [...new Set(trails.map(({ kind }) => kind))];
  const words = { 'font-size': 13, fill: '#444444' };
  const shadesAt = MARGIN + lengthM * scale + 70;
  return [
    element('rect', {
      ...{ x: MARGIN, y: base - 4, width: lengthM * scale, height: 4, fill: '#444444' },
    }),
    text(MARGIN + lengthM * scale + 6, base, `${lengthM} m`, words),
    ...HEAT.map((fill, index) =>
      element('rect', { x: shadesAt + index * 16, y: base - 11, width: 16, height: 12, fill }),
    ),
    text(shadesAt + SHADES * 16 + 6, base, 'time spent there (log)', words),
    ...kinds.flatMap((kind, index) => {
      const at = shadesAt + SHADES * 16 + 170 + index * 130;
      const stroke = { stroke: TRAILS[kind] ?? PALETTE[6], 'stroke-width': 2 };
      return [
        element('line', { x1: at, x2: at + 20, y1: base - 5, y2: base - 5, ...stroke }),
        text(at + 26, base, `a ${kind}`, words),
      ];
    }),
  ];
}
