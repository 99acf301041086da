import { basename } from 'node:path';
import { InputError } from '../../errors.ts';
import { adviceOnName } from '../../nearest-name.ts';
import { ENTITY_KINDS, type EntityKind } from '../fcd/fcd-sink.ts';
import { findRides } from '../rides.ts';
import { sortSamples } from '../sort-samples.ts';
import { noTracks, type TraceReading, trackOf } from '../tracks.ts';
import {
  type FormatOptions,
  METRES_IN,
  SECONDS_IN,
  TRACE_COLUMNS,
  type TraceColumn,
  type TraceFormat,
} from './format.ts';
import { coordinateIn, numberIn, readingOf, timeIn } from './lines.ts';
import { hasLanes, sumoTable } from './sumo-table.ts';
import { cellsOf, tableRows } from './table-rows.ts';

/** Names that columns have by default; SUMO 1.24 and later write the first ones. */
const KNOWN: Record<TraceColumn, readonly string[]> = {
  time: ['timestep_time', 'time', 't', 'seconds', 'timestamp', 'datetime'],
  id: ['vehicle_id', 'person_id', 'container_id', 'id', 'entity', 'node'],
  x: ['vehicle_x', 'person_x', 'container_x', 'x'],
  y: ['vehicle_y', 'person_y', 'container_y', 'y'],
  lon: ['longitude', 'lon', 'lng'],
  lat: ['latitude', 'lat'],
  type: ['vehicle_type', 'person_type', 'container_type', 'type'],
  kind: ['kind'],
};

/**
 * A table: time (seconds, or dates), id, and x and y in metres or longitude and latitude in degrees. Its
 * head names the columns, unless `columns` has their numbers. Rows may come in any order. Without a
 * column of ids the file is one entity, of the file's name.
 */
export const csv: TraceFormat = {
  name: 'csv',
  fits(start) {
    const end = start.indexOf('\n');
    const head = cellsOf(end < 0 ? start : start.slice(0, end));
    const at = placesIn(head.map((name) => name.replace(/^\ufeff/, '')));
    return at.time >= 0 && at.id >= 0;
  },
  async read(file, options) {
    const pieces = tableRows(file, options.delimiter ?? '');
    try {
      return await readTable(file, pieces, options);
    } finally {
      // Also where a head that is none ends the reading: the file is open.
      await pieces.return(undefined);
    }
  },
};

async function readTable(
  file: string,
  pieces: AsyncGenerator<string[][]>,
  options: FormatOptions,
): Promise<TraceReading> {
  const { columns = {}, kind: otherKind = 'car' } = options;
  const ahead: string[][] = (await pieces.next()).value ?? [];
  const hasHead = !Object.values(columns).some((column) => typeof column === 'number');
  const head = hasHead ? (ahead[0] ?? []) : [];
  const at = hasHead ? chosenIn(head, options, file) : numbered(columns);
  const sumo = hasHead ? await sumoAhead(head, ahead, pieces) : undefined;
  const onLane = at.x < 0 && at.lon < 0 ? sumo?.onLane : undefined;
  const lanes = new Map<string, number>();
  const positions = onLane === undefined ? positionIn(at, head, options, file) : undefined;
  const areDegrees = positions?.areDegrees ?? false;
  const unitS = SECONDS_IN[options.timeUnit ?? 's'];
  const tracks = noTracks();
  const emptyStepsUs: number[] = [];
  const readRow = (cells: readonly string[], line: number): void => {
    if (cells.every((cell) => cell.trim() === '')) return;
    const id = at.id < 0 ? nameOf(file) : cells[at.id]?.trim();
    if (!id) {
      // SUMO writes a row without an entity for a timestep without any.
      if (sumo !== undefined) emptyStepsUs.push(timeIn(cells[at.time], file, line, unitS));
      return;
    }
    const kind = kindIn(cells[at.kind], file, line) ?? sumo?.kindOf(cells) ?? otherKind;
    const track = tracks[kind].get(id) ?? trackOf(tracks, kind, ownText(id));
    if (track.type === '') track.type = ownText(cells[at.type] ?? '');
    const timeUs = timeIn(cells[at.time], file, line, unitS);
    if (positions === undefined) {
      const lane = onLane!.of(cells);
      if (!lanes.has(lane)) lanes.set(ownText(lane), lanes.size);
      const positionM = numberIn(cells[onLane!.position], 'the position on a lane', file, line);
      track.push(timeUs, lanes.get(lane)!, positionM);
      return;
    }
    const { unitM, xAt, yAt } = positions;
    const x = coordinateIn(cells[xAt], areDegrees ? 'the longitude' : 'x', file, line, unitM);
    const y = coordinateIn(cells[yAt], areDegrees ? 'the latitude' : 'y', file, line, unitM);
    track.push(timeUs, x, y);
  };
  let line = 0;
  const readRows = (rows: readonly string[][]): void => {
    for (const cells of rows) {
      line++;
      if (line > 1 || !hasHead) readRow(cells, line);
    }
  };
  readRows(ahead);
  ahead.length = 0;
  for await (const rows of pieces) readRows(rows);
  const remarks = sortSamples(tracks);
  // On lanes they are found where the lanes are.
  if (positions !== undefined) findRides(tracks);
  const frame: TraceReading['frame'] = areDegrees ? 'degrees' : onLane ? 'lanes' : undefined;
  const { isMesoscopic = false, edges = new Set<string>() } = sumo ?? {};
  return readingOf(file, tracks, {
    ...{ frame, isMesoscopic, edges, remarks, emptyStepsUs, lanes: [...lanes.keys()] },
    isMeasured: sumo === undefined,
    firstLine: hasHead ? 2 : 1,
  });
}

/** A part of a longer text keeps all of that in memory. */
function ownText(part: string): string {
  return Buffer.from(part).toString();
}

/** Reads on into `ahead` until it is known whether rows have lanes: a mesoscopic table to its end. */
async function sumoAhead(
  head: readonly string[],
  ahead: string[][],
  pieces: AsyncGenerator<string[][]>,
): Promise<ReturnType<typeof sumoTable>> {
  let rows = ahead;
  while (hasLanes(head, rows) === false) {
    const next = await pieces.next();
    if (next.done) break;
    rows = next.value;
    for (const cells of rows) ahead.push(cells);
  }
  return sumoTable(head, ahead);
}

type Places = Record<TraceColumn, number>;

/** Where each column is, by the names that are known; -1 for one that is missing. */
function placesIn(head: readonly string[]): Places {
  const names = head.map((name) => name.trim().toLowerCase());
  const find = (column: TraceColumn) => names.findIndex((name) => KNOWN[column].includes(name));
  return Object.fromEntries(TRACE_COLUMNS.map((column) => [column, find(column)])) as Places;
}

/** The same, where `columns` names some of them itself. Throws InputError. */
function chosenIn(
  head: readonly string[],
  { columns = {}, delimiter }: FormatOptions,
  file: string,
): Places {
  const at = placesIn(head);
  const names = head.map((name) => name.trim());
  for (const [column, name] of Object.entries(columns) as [TraceColumn, string][]) {
    at[column] = names.indexOf(name);
    if (at[column] >= 0) continue;
    const found = `no column "${name}" (columns.${column}) among: ${names.join(', ')}`;
    throw new InputError({ place: { file, line: 1 }, found, advice: adviceOnName(name, names) });
  }
  if ('x' in columns || 'y' in columns) Object.assign(at, { lon: -1, lat: -1 });
  if ('lon' in columns || 'lat' in columns) Object.assign(at, { x: -1, y: -1 });
  if (at.time >= 0) return at;
  const parted = delimiter === undefined ? ', or the delimiter' : '';
  const advice = [`name the column of times: trace.columns.time${parted}`];
  const found = `no column of times among: ${names.join(', ')}`;
  throw new InputError({ place: { file, line: 1 }, found, advice });
}

function numbered(columns: FormatOptions['columns'] = {}): Places {
  const at = TRACE_COLUMNS.map((column) => [column, Number(columns[column] ?? 0) - 1]);
  return Object.fromEntries(at) as Places;
}

function positionIn(
  at: Places,
  head: readonly string[],
  { lengthUnit = 'm' }: FormatOptions,
  file: string,
): { unitM: number; xAt: number; yAt: number; areDegrees: boolean } {
  if (at.x >= 0 && at.y >= 0) {
    return { unitM: METRES_IN[lengthUnit], xAt: at.x, yAt: at.y, areDegrees: false };
  }
  if (at.lon >= 0 && at.lat >= 0) {
    return { unitM: 1, xAt: at.lon, yAt: at.lat, areDegrees: true };
  }
  const advice = ['expected columns x and y (metres), or lon and lat (degrees)'];
  const found = `no columns of places among: ${head.join(', ')}`;
  throw new InputError({ place: { file, line: 1 }, found, advice });
}

function kindIn(text: string | undefined, file: string, line: number): EntityKind | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const kind = ENTITY_KINDS.find((one) => one === text.trim());
  if (kind) return kind;
  const advice = [`expected ${ENTITY_KINDS.join(', ')}`];
  throw new InputError({ place: { file, line }, found: `the kind is "${text}"`, advice });
}

function nameOf(file: string): string {
  return basename(file)
    .replace(/\.gz$/, '')
    .replace(/\.\w+$/, '');
}
