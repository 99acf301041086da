import type { ImportGraph } from './import-graph.ts';

/** A box, or a bend of an arrow that crosses a layer; x is the middle. */
export interface Spot {
  room: string | null;
  layer: number;
  x: number;
}

export interface Layout {
  spots: Spot[];
  /** Each arrow: its bends from the importing room to the imported one. */
  arrows: { from: string; to: string; way: Spot[] }[];
  layers: number;
}

const SWEEPS = 40;

/**
 * Puts each room into a layer above all that it imports (Sugiyama's method): arrows over several
 * layers get bends, and spots move towards their neighbours without overlap.
 */
export function layeredLayout(
  graph: ImportGraph,
  widthOf: (room: string | null) => number,
  gap: number,
): Layout {
  const depth = (room: string): number =>
    Math.max(0, ...[...(graph.get(room) ?? [])].map((other) => depth(other) + 1));
  const boxes = new Map([...graph.keys()].map((room) => [room, spotAt(room, depth(room))]));
  const spots = [...boxes.values()];
  const arrows = [...graph].flatMap(([from, imported]) =>
    [...imported].map((to) => {
      const [first, last] = [boxes.get(from)!, boxes.get(to)!];
      const bends: Spot[] = [];
      for (let layer = first.layer - 1; layer > last.layer; layer -= 1) {
        bends.push(spotAt(null, layer));
      }
      spots.push(...bends);
      return { from, to, way: [first, ...bends, last] };
    }),
  );
  const layers = Math.max(...spots.map(({ layer }) => layer)) + 1;
  const rows = Array.from({ length: layers }, (_, layer) =>
    spots.filter((spot) => spot.layer === layer),
  );
  const { above, below } = neighboursOf(arrows.map(({ way }) => way));
  for (const row of rows) spread(row, (spot) => spots.indexOf(spot), widthOf, gap);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    for (const row of isDown ? [...rows].reverse() : rows) {
      // The last sweeps weigh both sides, for straight arrows.
      const sides = sweep < SWEEPS / 2 ? [isDown ? above : below] : [above, below];
      spread(
        row,
        (spot) =>
          meanX(
            sides.flatMap((side) => side.get(spot) ?? []),
            spot,
          ),
        widthOf,
        gap,
      );
    }
  }
  return { spots, arrows, layers };
}

function spotAt(room: string | null, layer: number): Spot {
  return { room, layer, x: 0 };
}

function neighboursOf(ways: readonly Spot[][]) {
  const above = new Map<Spot, Spot[]>();
  const below = new Map<Spot, Spot[]>();
  for (const way of ways) {
    for (const [index, lower] of way.slice(1).entries()) {
      const upper = way[index]!;
      below.set(upper, [...(below.get(upper) ?? []), lower]);
      above.set(lower, [...(above.get(lower) ?? []), upper]);
    }
  }
  return { above, below };
}

function meanX(neighbours: readonly Spot[], spot: Spot): number {
  if (neighbours.length === 0) return spot.x;
  return neighbours.reduce((sum, { x }) => sum + x, 0) / neighbours.length;
}

/** Orders a row by the wished places, and moves what overlaps apart by as little as it takes. */
function spread(
  row: Spot[],
  wished: (spot: Spot) => number,
  widthOf: (room: string | null) => number,
  gap: number,
): void {
  const goals = new Map(row.map((spot) => [spot, wished(spot)]));
  row.sort((a, b) => goals.get(a)! - goals.get(b)!);
  // Neighbours that touch form a block around the mean of what its members wish.
  const blocks: { start: number; width: number; members: Spot[] }[] = [];
  for (const spot of row) {
    const width = widthOf(spot.room) + gap;
    let block = { start: goals.get(spot)! - width / 2, width, members: [spot] };
    for (let before = blocks.at(-1); before; before = blocks.at(-1)) {
      if (before.start + before.width <= block.start) break;
      blocks.pop();
      const members = [...before.members, ...block.members];
      block = { start: startOf(members), width: before.width + block.width, members };
    }
    blocks.push(block);
  }
  for (const { start, members } of blocks) {
    let left = start;
    for (const spot of members) {
      const width = widthOf(spot.room) + gap;
      spot.x = left + width / 2;
      left += width;
    }
  }

  function startOf(members: readonly Spot[]): number {
    let offset = 0;
    let sum = 0;
    for (const spot of members) {
      const width = widthOf(spot.room) + gap;
      sum += goals.get(spot)! - offset - width / 2;
      offset += width;
    }
    return sum / members.length;
  }
}
