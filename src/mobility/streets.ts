import { laneMetres, laneShape } from './lane-shape.ts';
import { readSumoDocument } from './sumo-document.ts';

/** A lane of a SUMO network, for drawing. */
export interface Street {
  /** Only for pedestrians. */
  isPath: boolean;
  widthM: number;
  /** x and y in metres, in turn. */
  shape: number[];
}

const LANE_WIDTH_M = 3.2;

/** The lanes of a network without those inside of junctions. Throws InputError. */
export async function readStreets(file: string): Promise<Street[]> {
  const document = await readSumoDocument(file, 'net');
  return document.root.children
    .filter(({ name, attributes }) => name === 'edge' && attributes.function === undefined)
    .flatMap((edge) => edge.children.filter(({ name }) => name === 'lane'))
    .map((lane) => {
      const { x, y } = laneShape(document, lane);
      return {
        isPath: lane.attributes.allow?.split(' ').every((kind) => kind === 'pedestrian') === true,
        widthM: laneMetres(document, lane, 'width', LANE_WIDTH_M),
        shape: x.flatMap((xM, point) => [xM, y[point]!]),
      };
    });
}
