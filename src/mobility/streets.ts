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
  const { root } = await readSumoDocument(file, 'net');
  return root.children
    .filter(({ name, attributes }) => name === 'edge' && attributes.function === undefined)
    .flatMap((edge) => edge.children.filter(({ name }) => name === 'lane'))
    .map(({ attributes: { allow, width, shape = '' } }) => ({
      isPath: allow?.split(' ').every((kind) => kind === 'pedestrian') === true,
      widthM: Number(width ?? LANE_WIDTH_M),
      shape: shape.split(/[ ,]/).map(Number),
    }));
}
