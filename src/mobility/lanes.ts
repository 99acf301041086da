import { square } from '../elementary.ts';
import { laneMetres, laneShape } from './lane-shape.ts';
import { secondId } from './second-id.ts';
import { readSumoDocument } from './sumo-document.ts';

/** A lane of a SUMO network, those inside of junctions too. */
interface LaneShape {
  edge: string;
  lengthM: number;
  x: number[];
  y: number[];
}

/** The lanes of a network, by their ids, and the first ones of edges by those. */
interface Lanes {
  /**
   * Metres of a position on a lane; undefined for one that is not in the network. SUMO's lengths may be
   * others than those of the shapes: positions are stretched evenly.
   */
  placeOn(lane: string, positionM: number): [x: number, y: number] | undefined;
  edgeOf(lane: string): string | undefined;
}

/** Throws InputError. */
export async function readLanes(networkFile: string): Promise<Lanes> {
  const document = await readSumoDocument(networkFile, 'net');
  const lanes = new Map<string, LaneShape>();
  const ids = new Set<string>();
  for (const edge of document.root.children) {
    if (edge.name !== 'edge') continue;
    for (const element of edge.children) {
      if (element.name !== 'lane') continue;
      const lane: LaneShape = {
        edge: edge.attributes.id ?? '',
        lengthM: laneMetres(document, element, 'length'),
        ...laneShape(document, element),
      };
      const { id = '' } = element.attributes;
      if (ids.has(id)) throw secondId(document, element, id);
      ids.add(id);
      lanes.set(id, lane);
      if (!lanes.has(lane.edge)) lanes.set(lane.edge, lane);
    }
  }
  return {
    placeOn: (id, positionM) => {
      const lane = lanes.get(id);
      return lane && along(lane, positionM);
    },
    edgeOf: (id) => lanes.get(id)?.edge,
  };
}

function along({ lengthM, x, y }: LaneShape, positionM: number): [x: number, y: number] {
  const lengths = x
    .slice(1)
    .map((to, i) => Math.sqrt(square(to - x[i]!) + square(y[i + 1]! - y[i]!)));
  const drawnM = lengths.reduce((sum, length) => sum + length, 0);
  let leftM = lengthM > 0 ? (positionM * drawnM) / lengthM : 0;
  for (const [i, length] of lengths.entries()) {
    if (leftM > length && i < lengths.length - 1) {
      leftM -= length;
      continue;
    }
    const gone = length > 0 ? Math.min(1, leftM / length) : 0;
    return [x[i]! + gone * (x[i + 1]! - x[i]!), y[i]! + gone * (y[i + 1]! - y[i]!)];
  }
  return [x[0]!, y[0]!];
}
