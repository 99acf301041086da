import type { Bounds } from './bounds.ts';
import { secondId } from './second-id.ts';
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
  const known = { junction: new Set<string>(), edge: new Set<string>() };
  const once = (element: XmlElement, kind: 'junction' | 'edge', id: string) => {
    if (known[kind].has(id)) throw secondId(document, element, id);
    known[kind].add(id);
  };
  const junctions = root.children
    .filter(({ name, attributes }) => name === 'junction' && !attributes.id?.startsWith(':'))
    .map((element) => {
      const id = element.attributes.id;
      if (!id) throw document.problem(element, '<junction> without an id', 'run `netconvert`');
      once(element, 'junction', id);
      const [xM] = numbersOf(document, element, 'x', 1);
      const [yM] = numbersOf(document, element, 'y', 1);
      return { id, xM: xM!, yM: yM! };
    });
  for (const element of root.children) {
    const { id } = element.attributes;
    if (element.name === 'edge' && id !== undefined && !id.startsWith(':')) {
      once(element, 'edge', id);
    }
  }
  return {
    file,
    junctions,
    edges: known.edge,
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
