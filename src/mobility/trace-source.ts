import { InputError } from '../errors.ts';
import { ENTITY_KINDS } from './fcd/fcd-sink.ts';
import type { FormatOptions } from './formats/format.ts';
import { readTracks } from './formats/index.ts';
import { inMetres } from './frame.ts';
import type { Network } from './network.ts';
import { findRides } from './rides.ts';
import { sortSamples } from './sort-samples.ts';
import { type TraceReading, trackOf } from './tracks.ts';

/** Files that together are one trace, and what they do not say themselves. */
export interface TraceSource extends FormatOptions {
  files: readonly string[];
  /** Of each file the one that its start shows, by default. */
  format?: string;
}

/** As messages and previews name it. */
export function sourceName({ files }: TraceSource): string {
  return files.join(', ');
}

/** Reads all files into one reading, in metres. Throws InputError. */
export async function readSource(
  { files, ...options }: TraceSource,
  network: Network | undefined,
): Promise<TraceReading> {
  const readings: TraceReading[] = [];
  for (const file of files) {
    const reading = await readTracks(file, options);
    await inMetres(reading, network);
    readings.push(reading);
  }
  const [first, ...others] = readings;
  return others.reduce((joined, other, i) => join(joined, other, files[i + 1]!), first!);
}

/** An entity in both files goes on in the second. The first reading is used up. */
function join(first: TraceReading, second: TraceReading, file: string): TraceReading {
  if (first.isContinuous !== second.isContinuous) {
    const found = 'files of samples and of whole ways cannot be one trace';
    const advice = ['convert one of them: `edgemlsim scenario convert`'];
    throw new InputError({ place: { file }, found, advice });
  }
  const { tracks } = first;
  for (const kind of ENTITY_KINDS) {
    for (const [id, other] of second.tracks[kind]) {
      const { type, rides } = other;
      const track = trackOf(tracks, kind, id);
      if (track.type === '') track.type = type;
      track.rides.push(...rides);
      const { timesUs, x, y } = other.unpacked();
      for (let i = 0; i < timesUs.length; i++) track.push(timesUs[i]!, x[i]!, y[i]!);
    }
  }
  const remarks = [...first.remarks, ...second.remarks, ...sortSamples(tracks)];
  findRides(tracks);
  const periods = [first.periodUs, second.periodUs].filter((period) => period !== undefined);
  return {
    ...first,
    firstTimeUs: Math.min(first.firstTimeUs, second.firstTimeUs),
    lastTimeUs: Math.max(first.lastTimeUs, second.lastTimeUs),
    periodUs: periods.length === 0 ? undefined : Math.min(...periods),
    steps: Math.max(first.steps, second.steps),
    isMesoscopic: first.isMesoscopic || second.isMesoscopic,
    isMeasured: first.isMeasured || second.isMeasured,
    edges: new Set([...first.edges, ...second.edges]),
    remarks: [...new Set(remarks)],
  };
}
