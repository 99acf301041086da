import { type ImportGraph, reduced } from './import-graph.ts';
import { layeredLayout, type Spot } from './layered-layout.ts';

const LAYER_HEIGHT = 78;
const BOX_HEIGHT = 34;
const GAP = 18;
const MARGIN = 24;
const BEND_WIDTH = 6;
const CHARACTER_WIDTH = 8.4;

const widthOf = (room: string | null): number =>
  room === null ? BEND_WIDTH : room.length * CHARACTER_WIDTH + 30;

/**
 * The rooms as boxes and their imports as arrows down, as the text of an SVG file. An arrow that a
 * longer way of arrows replaces is left out.
 */
export function architecturePicture(graph: ImportGraph): string {
  const { spots, arrows, layers } = layeredLayout(reduced(graph), widthOf, GAP);
  const left = Math.min(...spots.map(({ room, x }) => x - widthOf(room) / 2)) - MARGIN;
  const right = Math.max(...spots.map(({ room, x }) => x + widthOf(room) / 2)) + MARGIN;
  const at = (spot: Spot) => ({
    x: Math.round(spot.x - left),
    y: MARGIN + BOX_HEIGHT / 2 + (layers - 1 - spot.layer) * LAYER_HEIGHT,
  });
  const width = Math.round(right - left);
  const height = 2 * MARGIN + BOX_HEIGHT + (layers - 1) * LAYER_HEIGHT;
  const lines = arrows.map(
    ({ from, to, way }) =>
      `<path data-from="${from}" data-to="${to}" d="${curve(way.map(at))}" marker-end="url(#head)"/>`,
  );
  const boxes = spots.flatMap((spot) => {
    if (spot.room === null) return [];
    const { x, y } = at(spot);
    const own = Math.round(widthOf(spot.room));
    return [
      `<g data-room="${spot.room}"><rect x="${x - own / 2}" y="${y - BOX_HEIGHT / 2}" width="${own}" height="${BOX_HEIGHT}" rx="5"/><text x="${x}" y="${y + 5}">${spot.room}</text></g>`,
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>The rooms of the source and their imports</title>
<style>
path { fill: none; stroke: #888888; stroke-width: 1.3 }
marker path { fill: #888888; stroke: none }
rect { fill: #E8F1F8; stroke: #0072B2; stroke-width: 1.3 }
text { font: 14px 'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif; fill: #222222; text-anchor: middle }
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z"/></marker></defs>
<rect width="${width}" height="${height}" style="fill: white; stroke: none"/>
${[...lines, ...boxes].join('\n')}
</svg>
`;
}

/** From the bottom of the first box to the top of the last; straight where it passes a layer. */
function curve(points: readonly { x: number; y: number }[]): string {
  const half = BOX_HEIGHT / 2;
  const [first, ...others] = points;
  let bottom = first!.y + half;
  let lastX = first!.x;
  const parts = others.map(({ x, y }, index) => {
    const middle = (bottom + y - half) / 2;
    const bend = `C${lastX} ${middle} ${x} ${middle} ${x} ${y - half}`;
    [lastX, bottom] = [x, y + half];
    return index === others.length - 1 ? bend : `${bend} V${bottom}`;
  });
  return [`M${first!.x} ${first!.y + half}`, ...parts].join(' ');
}
