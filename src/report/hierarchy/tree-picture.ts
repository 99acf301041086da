import { grouped } from '../format/grouped.ts';
import { PALETTE } from '../format/plot.ts';
import { element, text } from '../format/svg.ts';

/** A node, its place in the tree, and what stands at it and at the link to its parent. */
interface PicturedNode {
  id: string;
  parent: string | null;
  level: number;
  layer: string;
  /** Second line at the node. */
  note: string;
  /** At the link to its parent, and by what its width is scaled. */
  linkNote: string;
  weight: number;
}

/** Children of one node that are drawn each, in a tree of more nodes than that. */
const MOST_NODES = 80;
const MOST_CHILDREN = 8;

const ROW_PX = 42;
const LEVEL_PX = 250;
const MARGIN_PX = 24;
const TITLE_PX = 56;
const RADIUS_PX = 7;
const WIDEST_PX = 14;
const FONT = "'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

interface Placed extends PicturedNode {
  xPx: number;
  yPx: number;
}

/**
 * The tree from its root on the left to the workers on the right, links as wide as their weights. A
 * title of null: for a page that has its own, and its own background.
 */
export function treeSvg(
  title: string | null,
  subtitle: string,
  nodes: readonly PicturedNode[],
): string {
  const shown = thinned(nodes);
  const layers = [...new Set(nodes.map(({ layer }) => layer))];
  const { placed, rows } = place(shown);
  const byId = new Map(placed.map((node) => [node.id, node]));
  const levels = Math.max(...nodes.map(({ level }) => level)) + 1;
  const widthPx = 2 * MARGIN_PX + levels * LEVEL_PX;
  const heightPx = TITLE_PX + MARGIN_PX + rows * ROW_PX;
  const most = Math.max(...nodes.map(({ weight }) => weight), 0);
  const links = placed.flatMap((node) => {
    const parent = node.parent === null ? undefined : byId.get(node.parent);
    return parent === undefined ? [] : [linkOf(node, parent, most)];
  });
  const marks = placed.map((node) =>
    markOf(node, PALETTE[layers.indexOf(node.layer) % PALETTE.length]!),
  );
  return `${element(
    'svg',
    {
      ...{ xmlns: 'http://www.w3.org/2000/svg', width: widthPx, height: heightPx },
      ...{ viewBox: `0 0 ${widthPx} ${heightPx}`, 'font-family': FONT },
    },
    [
      ...(title === null ? [] : heading(title, subtitle, widthPx, heightPx)),
      ...links,
      ...marks,
    ].join('\n'),
  )}\n`;
}

function heading(title: string, subtitle: string, width: number, height: number): string[] {
  return [
    element('rect', { width, height, fill: 'white' }),
    text(MARGIN_PX, 26, title, { 'font-size': 16, 'font-weight': 600, fill: '#222222' }),
    text(MARGIN_PX, 44, subtitle, { 'font-size': 12, fill: '#555555' }),
  ];
}

/** In a large tree the first children of each node, and how many more there are. */
function thinned(nodes: readonly PicturedNode[]): PicturedNode[] {
  if (nodes.length <= MOST_NODES) return [...nodes];
  const kept = new Set<string | null>([null]);
  const shown: PicturedNode[] = [];
  for (const [parent, children] of grouped(nodes, (node) => node.parent)) {
    if (!kept.has(parent)) continue;
    const own = children.slice(0, MOST_CHILDREN);
    for (const { id } of own) kept.add(id);
    shown.push(...own);
    const left = children.length - own.length;
    if (left === 0) continue;
    const { level, layer } = children[0]!;
    const more = { id: `${left} more`, note: `below ${parent}`, linkNote: '', weight: 0 };
    shown.push({ ...more, parent, level, layer });
  }
  return shown;
}

/** Leaves one below the other, parents in the middle of their children. */
function place(nodes: readonly PicturedNode[]): { placed: Placed[]; rows: number } {
  const children = grouped(nodes, ({ parent }) => parent);
  const placed: Placed[] = [];
  let rows = 0;
  const visit = (node: PicturedNode): number => {
    const below = (children.get(node.id) ?? []).map(visit);
    const row = below.length === 0 ? rows++ : (below[0]! + below.at(-1)!) / 2;
    const xPx = MARGIN_PX + RADIUS_PX + node.level * LEVEL_PX;
    placed.push({ ...node, xPx, yPx: TITLE_PX + (row + 0.5) * ROW_PX });
    return row;
  };
  for (const root of children.get(null) ?? []) visit(root);
  return { placed, rows };
}

function linkOf(node: Placed, parent: Placed, most: number): string {
  const middlePx = node.xPx - 60;
  const path = element('path', {
    d: `M ${parent.xPx} ${parent.yPx} C ${middlePx} ${parent.yPx} ${middlePx} ${node.yPx} ${node.xPx} ${node.yPx}`,
    ...{ fill: 'none', stroke: '#9BB8CC', 'stroke-opacity': 0.7 },
    'stroke-width': most === 0 ? 1.5 : Math.max(1, (WIDEST_PX * node.weight) / most),
  });
  const label = text(node.xPx - RADIUS_PX - 4, node.yPx - 4, node.linkNote, {
    ...{ 'font-size': 10, fill: '#333333', 'text-anchor': 'end' },
  });
  return node.linkNote === '' ? path : `${path}${label}`;
}

function markOf({ id, note, xPx, yPx }: Placed, fill: string): string {
  const circle = element('circle', { cx: xPx, cy: yPx, r: RADIUS_PX, fill });
  // Beside the links of its children, of which one may leave in the middle.
  const name = text(xPx + RADIUS_PX + 2, yPx - 10, id, { 'font-size': 12, fill: '#222222' });
  const below = text(xPx + RADIUS_PX + 2, yPx + 18, note, { 'font-size': 10, fill: '#555555' });
  return `${circle}${name}${note === '' ? '' : below}`;
}
