import { readSumoDocument } from './sumo-document.ts';

/** A building on the map, for drawing. */
interface Building {
  /** x and y in metres, in turn. */
  shape: number[];
}

/**
 * The buildings of a SUMO file of polygons, as polyconvert writes it: polygons whose type begins with
 * "building", or all where none has such a type. Those in degrees (geo) are left out.
 * Throws InputError for a file that cannot be read, or a shape that is not x,y pairs.
 */
export async function readBuildings(file: string): Promise<Building[]> {
  const { root, problem } = await readSumoDocument(file, 'additional', 'shapes');
  const polygons = root.children.filter(({ name, attributes }) => {
    return name === 'poly' && attributes.geo !== '1' && attributes.geo !== 'true';
  });
  const typed = polygons.filter(({ attributes }) => attributes.type?.startsWith('building'));
  return (typed.length > 0 ? typed : polygons).map((element) => {
    const { id, shape = '' } = element.attributes;
    const points = shape.trim().split(/\s+/);
    // A third number is a height.
    const pairs = points.map((point) => point.split(',').slice(0, 2).map(Number));
    const isShape = points.length >= 3 && pairs.flat().every(Number.isFinite);
    if (!isShape || pairs.some(({ length }) => length !== 2)) {
      throw problem(element, `the shape of polygon "${id}" is no list of x,y pairs`);
    }
    return { shape: pairs.flat() };
  });
}
