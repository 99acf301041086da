import proj4 from 'proj4';
import { InputError } from '../errors.ts';
import type { Bounds } from './bounds.ts';
import { readSumoDocument, type SumoDocument } from './sumo-document.ts';
import { parseDecimal } from './sumo-time.ts';
import type { XmlElement } from './xml.ts';

interface Junction {
  id: string;
  xM: number;
  yM: number;
}

/** Facts about places from a SUMO network, or from the middle of a map without one. */
export interface Network {
  file: string;
  /** Without SUMO's internal ones, in the order of the file. */
  junctions: Junction[];
  /** Ids of its edges, without SUMO's internal ones. */
  edges: ReadonlySet<string>;
  /** SUMO's convBoundary: what the network covers, in metres; undefined of a map without one. */
  bounds: Bounds | undefined;
  /** Added to projected coordinates. */
  offset: { xM: number; yM: number };
  /** A PROJ string; undefined when the network is in metres of nowhere. */
  projection: string | undefined;
}

/** Reads a net.xml, plain or gzipped. Throws InputError. */
export async function readNetwork(file: string): Promise<Network> {
  const document = await readSumoDocument(file, 'net');
  const { root } = document;
  const location = root.children.find(({ name }) => name === 'location');
  if (!location) {
    throw document.problem(root, 'no <location> in the network', 'build it with `netconvert`');
  }
  const [offsetX, offsetY] = numbersOf(document, location, 'netOffset', 2);
  const [minXM, minYM, maxXM, maxYM] = numbersOf(document, location, 'convBoundary', 4);
  if (minXM! > maxXM! || minYM! > maxYM!) {
    const found = `convBoundary of <location> is "${location.attributes.convBoundary}"`;
    throw document.problem(location, found, 'expected the lowest x and y, then the highest');
  }
  const projection = location.attributes.projParameter ?? '!';
  const junctions = root.children
    .filter(({ name, attributes }) => name === 'junction' && !attributes.id?.startsWith(':'))
    .map((element) => {
      const id = element.attributes.id;
      if (!id) throw document.problem(element, '<junction> without an id', 'run `netconvert`');
      const [xM] = numbersOf(document, element, 'x', 1);
      const [yM] = numbersOf(document, element, 'y', 1);
      return { id, xM: xM!, yM: yM! };
    });
  const edges = root.children.flatMap(({ name, attributes: { id } }) =>
    name === 'edge' && id !== undefined && !id.startsWith(':') ? [id] : [],
  );
  return {
    file,
    junctions,
    edges: new Set(edges),
    bounds: { minXM: minXM!, minYM: minYM!, maxXM: maxXM!, maxYM: maxYM! },
    offset: { xM: offsetX!, yM: offsetY! },
    projection: projection.startsWith('+') ? projection : undefined,
  };
}

/** A map without a network: metres east and north of a place (transverse Mercator, WGS 84). */
export function mapAround({ lat, lon }: { lat: number; lon: number }): Network {
  return {
    file: `a map around ${lat}, ${lon}`,
    junctions: [],
    edges: new Set(),
    bounds: undefined,
    offset: { xM: 0, yM: 0 },
    projection: `+proj=tmerc +lat_0=${lat} +lon_0=${lon} +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs`,
  };
}

/**
 * Metres on the network of a place given in degrees (WGS 84): projected with the network's PROJ
 * string (proj4), then moved by its offset.
 *
 * Throws InputError when the network has no projection, or one proj4 does not know.
 */
export function placeOnNetwork(
  network: Network,
  { latitude, longitude }: { latitude: number; longitude: number },
): { xM: number; yM: number } {
  const [xM, yM] = projectionOf(network)(longitude, latitude);
  return { xM, yM };
}

/** The same for many places: metres of a longitude and a latitude. Throws InputError at once. */
export function projectionOf(
  network: Network,
): (longitude: number, latitude: number) => [xM: number, yM: number] {
  const { file, projection, offset } = network;
  if (projection === undefined) {
    throw new InputError({
      place: { file },
      found: 'the network has no projection, so degrees cannot be placed on it',
      advice: ['give x and y in metres, or build it with `netconvert --proj.utm`'],
    });
  }
  try {
    const { forward } = proj4(projection);
    return (longitude, latitude) => {
      const [x, y] = forward([longitude, latitude]);
      return [toMillimetre(x + offset.xM), toMillimetre(y + offset.yM)];
    };
  } catch (error) {
    throw new InputError({
      place: { file },
      found: `projParameter "${projection}" cannot be used: ${(error as Error).message}`,
      advice: ['give x and y in metres, or build it with `netconvert --proj.utm`'],
    });
  }
}

/** Degrees (WGS 84) of a place on the network; undefined when the network has no projection. */
export function degreesOnNetwork(
  { projection, offset }: Network,
  { xM, yM }: { xM: number; yM: number },
): { latitude: number; longitude: number } | undefined {
  if (projection === undefined) return undefined;
  const [longitude, latitude] = proj4(projection).inverse([xM - offset.xM, yM - offset.yM]);
  return { latitude, longitude };
}

/** Engines differ in the last digits of sines: places, and so contacts, must not. */
function toMillimetre(metres: number): number {
  return Math.round(metres * 1000) / 1000;
}

function numbersOf(
  document: SumoDocument,
  element: XmlElement,
  attribute: string,
  count: number,
): number[] {
  const text = element.attributes[attribute] ?? '';
  const numbers = text.split(',').map(parseDecimal);
  if (numbers.length !== count || numbers.some((number) => number === undefined)) {
    const found = `${attribute} of <${element.name}> is "${text}"`;
    const expected = count === 1 ? 'a number' : `${count} numbers`;
    throw document.problem(element, found, `expected ${expected} in metres`);
  }
  return numbers as number[];
}
