import { InputError } from '../errors.ts';
import type { Bounds } from './bounds.ts';
import { GeoCheck, isOnGlobe } from './geo-check.ts';
import { readLanes } from './lanes.ts';
import type { Network } from './network.ts';
import { findRides, putOnVehicles } from './rides.ts';
import { keptOf } from './sampled-way.ts';
import type { Track } from './track.ts';
import { everyTrack, type TraceReading } from './tracks.ts';

/** SUMO writes -2^30 where it knows no position. */
const NOWHERE = -1_000_000_000;
/** A trace may leave its network by this much: sidewalks, offset stops. */
const MARGIN_M = 200;

/**
 * Brings every position into metres of the network, or of the trace's own frame: degrees are
 * projected, UTM moved by the network's offset. Positions that are no place are left out and
 * counted. Throws InputError for degrees without a projection.
 */
export async function inMetres(reading: TraceReading, network: Network | undefined): Promise<void> {
  const { tracks, remarks } = reading;
  const geo = new GeoCheck();
  if (reading.frame !== 'utm' && reading.frame !== 'lanes')
    for (const track of everyTrack(tracks)) {
      if (geo.isSettled()) break;
      geo.look(track.unpacked());
    }
  const areDegrees = reading.frame === 'degrees' || geo.looksLikeDegrees();
  let lost = 0;
  const each = (place: (x: number, y: number) => [number, number] | undefined) => {
    for (const track of everyTrack(tracks)) lost += placed(track, place);
  };
  if (reading.frame === 'lanes') {
    if (network?.bounds === undefined) throw await withoutLanes(reading);
    const { placeOn, edgeOf } = await readLanes(network.file);
    const edges = reading.lanes.map((lane) => edgeOf(lane) ?? lane);
    putOnVehicles(tracks, (lane, positionM) => `${edges[lane]} ${positionM}`);
    each((lane, positionM) => placeOn(reading.lanes[lane]!, positionM));
    findRides(tracks);
    remarks.push(`positions are on lanes: placed on those of ${network.file}`);
  } else if (areDegrees) {
    if (network?.projection === undefined) throw await unprojected(reading, network);
    const { projectionOf } = await import('./projection.ts');
    const project = projectionOf(network);
    each((x, y) => (isOnGlobe(x, y) ? project(x, y) : undefined));
    const guessed = reading.frame === 'degrees' ? '' : ', as they look';
    remarks.push(`positions are degrees${guessed}: projected as ${network.file}`);
  } else if (network !== undefined && (reading.frame === 'utm' || lookLikeUtm(reading, network))) {
    each(movedInto(network));
    // Before, persons and their vehicles were in two frames.
    findRides(tracks);
    const guessed = reading.frame === 'utm' ? '' : ', as they look';
    remarks.push(`positions are UTM${guessed}: moved by the offset of ${network.file}`);
  } else {
    if (reading.frame === 'utm') {
      remarks.push('positions are UTM: sites by degrees or junction need mobility.network');
    }
    for (const track of everyTrack(tracks)) lost += leaveOutNowhere(track);
  }
  if (lost > 0) remarks.push(`${lost} samples are at no place on earth, and left out`);
  for (const kind of ['car', 'pedestrian', 'container'] as const) {
    for (const [id, track] of tracks[kind]) if (track.length === 0) tracks[kind].delete(id);
  }
  if (network !== undefined) remarks.push(...notOn(network, reading));
}

/** Places every sample of a track; out: how many had no place, and were left out. */
function placed(
  track: Track,
  place: (x: number, y: number) => [number, number] | undefined,
): number {
  let lost = 0;
  const way = track.unpacked();
  const { x, y } = way;
  for (let i = 0; i < x.length; i++) {
    const at = place(x[i]!, y[i]!);
    if (at === undefined) lost++;
    [x[i], y[i]] = at ?? [Number.NaN, Number.NaN];
  }
  track.replace(lost > 0 ? keptOf(way, (i) => !Number.isNaN(x[i]!)) : way);
  return lost;
}

/** Of a track in metres. Out: how many samples had no place. */
function leaveOutNowhere(track: Track): number {
  const { length } = track;
  const way = track.unpacked();
  const { x, y } = way;
  const isSomewhere = (i: number) => x[i]! > NOWHERE && y[i]! > NOWHERE;
  for (let i = 0; i < length; i++) {
    if (isSomewhere(i)) continue;
    track.replace(keptOf(way, isSomewhere));
    return length - track.length;
  }
  return 0;
}

/**
 * SUMO 1.28 writes vehicles in UTM, but persons in the network's metres. Sums are rounded to a micrometre,
 * so that a person is where its vehicle is, to the bit.
 */
function movedInto({ offset, bounds }: Network): (x: number, y: number) => [number, number] {
  if (bounds === undefined) return (x, y) => [x, y];
  return (x, y) => {
    const moved: [number, number] = [rounded(x + offset.xM), rounded(y + offset.yM)];
    return !isWithin(bounds, ...moved) && isWithin(bounds, x, y) ? [x, y] : moved;
  };
}

function rounded(metres: number): number {
  return Math.round(metres * 1e6) / 1e6;
}

function isWithin({ minXM, minYM, maxXM, maxYM }: Bounds, x: number, y: number): boolean {
  return (
    x >= minXM - MARGIN_M && x <= maxXM + MARGIN_M && y >= minYM - MARGIN_M && y <= maxYM + MARGIN_M
  );
}

/**
 * Whether most samples lie outside of the network, and inside of it when they are moved: SUMO's tables,
 * and its XML without the comment, do not say what their positions are.
 */
function lookLikeUtm({ frame, tracks }: TraceReading, { offset, bounds }: Network): boolean {
  if (frame !== undefined || bounds === undefined || (offset.xM === 0 && offset.yM === 0)) {
    return false;
  }
  let [samples, inside] = [0, 0];
  for (const track of everyTrack(tracks)) {
    const { x, y } = track.unpacked();
    for (let i = 0; i < x.length; i++) {
      const isThere = isWithin(bounds, x[i]!, y[i]!);
      if (!isThere && isWithin(bounds, x[i]! + offset.xM, y[i]! + offset.yM)) inside++;
      samples++;
    }
  }
  return 2 * inside > samples;
}

async function unprojected(
  { frame, firstRow, tracks }: TraceReading,
  network: Network | undefined,
): Promise<InputError> {
  const found =
    frame === 'degrees'
      ? 'the trace is in degrees'
      : 'x and y look like degrees of longitude and latitude, not metres';
  const { x, y } = ([...everyTrack(tracks)] as [Track])[0].unpacked();
  const place = `{ lat: ${y[0]!.toFixed(3)}, lon: ${x[0]!.toFixed(3)} }`;
  const why =
    network === undefined
      ? `name the SUMO network of the trace (mobility.network, --network), or a place in the middle, for instance mobility.origin: ${place} (--origin)`
      : `${network.file} has no projection: build it with \`netconvert --proj.utm\``;
  return new InputError({
    place: await firstRow(),
    found,
    advice: [why],
  });
}

async function withoutLanes({ firstRow }: TraceReading): Promise<InputError> {
  return new InputError({
    place: await firstRow(),
    found: 'the rows have a lane or an edge and a position on it, but no x and y',
    advice: ['name the SUMO network of the trace: mobility.network, or --network'],
  });
}

/** Signs that the network is another trace's. */
function notOn({ file, bounds, edges }: Network, reading: TraceReading): string[] {
  if (bounds === undefined) return [];
  const named = [...reading.edges];
  const unknown = named.filter((edge) => !edges.has(edge));
  let samples = 0;
  let outside = 0;
  for (const track of everyTrack(reading.tracks)) {
    const { x, y } = track.unpacked();
    for (let i = 0; i < x.length; i++) {
      if (!isWithin(bounds, x[i]!, y[i]!)) outside++;
      samples++;
    }
  }
  const signs = [
    ...(2 * unknown.length > named.length
      ? [`${unknown.length} of ${named.length} edges of its first rows are not in it`]
      : []),
    ...(2 * outside > samples ? [`${outside} of ${samples} samples lie outside of it`] : []),
  ];
  return signs.map((sign) => `${file} seems to be the network of another trace: ${sign}`);
}
