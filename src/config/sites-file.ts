import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError, type Place } from '../errors.ts';
import { adviceOnName, nearestName } from '../nearest-name.ts';
import { systemRefusal } from '../system-refusal.ts';
import { sitesSchema } from './schema/sites.ts';

type Values = Record<string, unknown>;

/** A server that a file lists: its fields by their names, and where they stand. */
interface Row {
  place: Place;
  fields: Values;
}

const ALIASES: Readonly<Record<string, string>> = {
  ...{ x: 'xM', y: 'yM', latitude: 'lat', longitude: 'lon', lng: 'lon' },
};
const TEXTS = ['id', 'parent', 'layer', 'junction'];
const PLACES = ['xM', 'yM', 'lat', 'lon'];
const ANTENNA = ['powerDbm', 'gainDbi', 'sensitivityDbm', 'heightM', 'noiseFigureDb'];
const FIELDS = [...TEXTS, ...PLACES, 'rangeM', ...ANTENNA];

/**
 * A config whose key `sites` names a file, with the servers of that file among its servers instead. One
 * without the key, or with a wrong one, as it is. Throws InputError with the file's line.
 */
export async function withSitesOfFile(config: unknown, folder: string): Promise<unknown> {
  if (!isObject(config) || !isObject(config.sites)) return config;
  const { file, ...common } = config.sites;
  // Problems of its keys are reported of them, not of each server.
  if (typeof file !== 'string' || !sitesSchema.safeParse(config.sites).success) return config;
  const { sites: _, servers = [], ...others } = config;
  if (!Array.isArray(servers)) return config;
  const rows = await rowsOf(resolve(folder, file));
  return { ...others, servers: [...servers, ...rows.map((row) => serverOf(row, common))] };
}

async function rowsOf(file: string): Promise<Row[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError({ place: { file }, found: `cannot be read: ${systemRefusal(error)}` });
  });
  const rows = /\.(geo)?json$/i.test(file) ? featuresOf(text, file) : await linesOf(text, file);
  if (rows.length > 0) return rows;
  throw new InputError({ place: { file }, found: 'no site', advice: ['expected one a row'] });
}

async function linesOf(text: string, file: string): Promise<Row[]> {
  const { default: Papa } = await import('papaparse');
  const { data } = Papa.parse<string[]>(text.replace(/^\ufeff/, ''));
  const header = (data[0] ?? []).map((name) => nameOf(name, { file, line: 1 }));
  const lines = data.slice(1).map((cells, i): Row => {
    const fields = header.flatMap((name, at) => {
      const cell = cells[at]?.trim() ?? '';
      return name === null || cell === '' ? [] : [[name, cell] as const];
    });
    return { place: { file, line: i + 2 }, fields: Object.fromEntries(fields) };
  });
  return lines.filter(({ fields }) => Object.keys(fields).length > 0);
}

function featuresOf(text: string, file: string): Row[] {
  const place = { file };
  let collection: { features?: unknown };
  try {
    collection = JSON.parse(text) as { features?: unknown };
  } catch (error) {
    throw new InputError({ place, found: `not valid JSON: ${(error as Error).message}` });
  }
  if (!Array.isArray(collection?.features)) {
    const advice = ['expected { "type": "FeatureCollection", "features": [ … ] }'];
    throw new InputError({ place, found: 'not GeoJSON: it has no features', advice });
  }
  return collection.features.map((feature, i): Row => {
    const { id, geometry, properties } = (isObject(feature) ? feature : {}) as {
      id?: unknown;
      geometry?: { type?: unknown; coordinates?: unknown };
      properties?: unknown;
    };
    const { type, coordinates } = geometry ?? {};
    if (type !== 'Point' || !Array.isArray(coordinates)) {
      const found = `feature ${i + 1} is no point: ${JSON.stringify(type ?? null)}`;
      throw new InputError({ place, found, advice: ['expected geometry of type Point'] });
    }
    const own = Object.entries(isObject(properties) ? properties : {}).flatMap(([key, value]) => {
      const name = nameOf(key, place);
      return name === null || value === null ? [] : [[name, value] as const];
    });
    const [lon, lat] = coordinates as unknown[];
    const named = { ...(id === undefined ? {} : { id }), ...Object.fromEntries(own) };
    return { place, fields: { ...named, lon, lat } };
  });
}

/** Null for what sites have no use for. */
function nameOf(given: string, place: Place): string | null {
  const trimmed = given.trim();
  const name = ALIASES[trimmed.toLowerCase()] ?? trimmed;
  if (FIELDS.includes(name)) return name;
  const near = nearestName(name, FIELDS);
  if (near === undefined) return null;
  throw new InputError({ place, found: `no field "${given}"`, advice: adviceOnName(name, FIELDS) });
}

function serverOf({ place, fields }: Row, common: Values): Values {
  const value = (name: string): unknown => {
    const given = fields[name];
    if (given === undefined || TEXTS.includes(name)) return given;
    const number = typeof given === 'string' ? Number(given) : given;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    const found = `${name}: found ${JSON.stringify(given)}`;
    throw new InputError({ place, found, advice: ['expected a number'] });
  };
  const of = (names: readonly string[]): Values =>
    Object.fromEntries(
      names.map((name) => [name, value(name)]).filter(([, each]) => each !== undefined),
    );
  const missing = (found: string, advice: string) =>
    new InputError({ place, found, advice: [advice] });
  if (fields.id === undefined) throw missing('a site without an id', 'expected a column id');
  const site = [['xM', 'yM'], ['lat', 'lon'], ['junction']]
    .map((names) => ({ names, site: of(names) }))
    .find(({ names, site }) => Object.keys(site).length === names.length);
  if (site === undefined) {
    throw missing(`site "${fields.id}" has no place`, 'expected x and y, lat and lon, or junction');
  }
  const radio = { ...(isObject(common.radio) ? common.radio : {}), ...of(ANTENNA) };
  return {
    ...common,
    ...of(['parent', 'layer', 'rangeM']),
    ...{ id: String(fields.id), site: site.site },
    ...(Object.keys(radio).length > 0 && { radio }),
  };
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
