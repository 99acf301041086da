import { InputError } from '../../errors.ts';
import { secondsToUs, type TimeUs } from '../../simulation/time.ts';
import { BrokenGzip, wholeFile } from '../fcd/bytes.ts';
import { parseDecimal, parseSumoTime } from '../sumo-time.ts';
import { everyTrack, type TraceReading, type Tracks } from '../tracks.ts';

/** Beyond it whole microseconds are not exact. */
const LATEST_S = Number.MAX_SAFE_INTEGER / 1e6;

/** The lines of a text file, plain or gzipped. Throws InputError. */
export async function linesOf(file: string): Promise<string[]> {
  return (await textOf(file)).split(/\r?\n/);
}

/** A text file, plain or gzipped. Throws InputError. */
export async function textOf(file: string): Promise<string> {
  try {
    return (await wholeFile(file)).toString('utf8').replace(/^\ufeff/, '');
  } catch (error) {
    if (!(error instanceof BrokenGzip)) throw error;
    throw new InputError({ place: { file }, found: 'the gzip file is damaged or cut short' });
  }
}

/** A number in a line, counted from 1. Throws InputError. */
export function numberIn(
  text: string | undefined,
  what: string,
  file: string,
  line: number,
): number {
  const value = parseDecimal(text ?? '');
  if (value !== undefined) return value;
  const found = `${what} is ${JSON.stringify(text ?? '')}`;
  throw new InputError({ place: { file, line }, found, advice: ['expected a decimal number'] });
}

/** Beyond what any map has, and not beyond what SUMO writes for a place that is none. */
const FARTHEST_M = 1e10;

/** A coordinate in a line, in `unitM` metres each, or in degrees. Throws InputError. */
export function coordinateIn(
  text: string | undefined,
  what: string,
  file: string,
  line: number,
  unitM = 1,
): number {
  const metres = unitM * numberIn(text, what, file, line);
  if (Math.abs(metres) <= FARTHEST_M) return metres;
  const advice = [`expected at most ${FARTHEST_M / 1e3} km from the origin`];
  throw new InputError({ place: { file, line }, found: `${what} is ${text!.trim()}`, advice });
}

/** `2008-02-02T13:30:44.5Z`; without a zone it is UTC. */
const DATE =
  /^(\d{4})-(\d\d?)-(\d\d?)[T ](\d\d?):(\d\d):(\d\d(?:\.\d+)?)(?:Z|([+-])(\d\d):?(\d\d)| ?UTC)?$/i;

/** A number of `unitS` seconds each, a date with a time of day, or H:MM:SS as SUMO writes it. */
export function timeIn(
  text: string | undefined,
  file: string,
  line: number,
  unitS: number = 1,
): TimeUs {
  const seconds =
    secondsOfDate(text ?? '') ??
    (text?.includes(':') ? parseSumoTime(text) : undefined) ??
    unitS * numberIn(text, 'the time', file, line);
  if (Math.abs(seconds) <= LATEST_S) return secondsToUs(seconds);
  const advice = ['expected at most 285 years'];
  throw new InputError({ place: { file, line }, found: `time ${seconds} s`, advice });
}

/** Since 1970, by UTC. */
function secondsOfDate(text: string): number | undefined {
  const parts = DATE.exec(text.trim());
  if (!parts) return undefined;
  const [year, month, day, hours, minutes, seconds] = parts.slice(1, 7).map(Number) as [
    ...[number, number, number, number, number, number],
  ];
  const zoneS = (Number(parts[8] ?? 0) * 60 + Number(parts[9] ?? 0)) * 60;
  const dateS = Date.UTC(year, month - 1, day, hours, minutes) / 1000 + seconds;
  return parts[7] === '-' ? dateS + zoneS : dateS - zoneS;
}

/**
 * The reading of a format whose timesteps are those of its samples, and perhaps others, of its tracks.
 * Throws InputError for none.
 */
export function readingOf(
  file: string,
  tracks: Tracks,
  more: Partial<TraceReading> & { firstLine: number; emptyStepsUs?: readonly TimeUs[] },
): TraceReading {
  let firstTimeUs = Number.POSITIVE_INFINITY;
  let lastTimeUs = Number.NEGATIVE_INFINITY;
  for (const { firstUs, lastUs } of everyTrack(tracks)) {
    firstTimeUs = Math.min(firstTimeUs, firstUs);
    lastTimeUs = Math.max(lastTimeUs, lastUs);
  }
  if (firstTimeUs > lastTimeUs) {
    throw new InputError({ place: { file }, found: 'an empty trace: no entity is in it' });
  }
  const { firstLine, emptyStepsUs = [], ...rest } = more;
  for (const timeUs of emptyStepsUs) {
    firstTimeUs = Math.min(firstTimeUs, timeUs);
    lastTimeUs = Math.max(lastTimeUs, timeUs);
  }
  return {
    ...{ tracks, firstTimeUs, lastTimeUs, periodUs: undefined, steps: 0, frame: undefined },
    ...{
      isMesoscopic: false,
      isContinuous: false,
      isMeasured: false,
      lanes: [],
      edges: new Set<string>(),
      remarks: [],
    },
    firstRow: async () => ({ file, line: firstLine }),
    ...rest,
  };
}
