import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import type { Mark } from '../run/run-summary.ts';

/** Collects `path=value` arguments. */
export function readOverride(text: string, before: string[] | undefined): string[] {
  if (text.indexOf('=') <= 0) {
    throw new InvalidArgumentError('Expected path=value, for instance training.epochs=2.');
  }
  return [...(before ?? []), text];
}

/** `90`, `90.5` or `1:02:03` as microseconds; `round:12` as a round. */
export function readMark(text: string): Mark {
  const round = /^round:(\d+)$/.exec(text);
  if (round) return { round: Number(round[1]) };
  const clock = /^(?:(\d+):([0-5]\d):)?(\d+(?:\.\d+)?)$/.exec(text);
  const [, hours = 0, minutes = 0, seconds] = clock ?? [];
  if (seconds === undefined || (clock?.[1] !== undefined && Number(seconds) >= 60)) {
    throw new InvalidArgumentError('Expected seconds, H:MM:SS or round:N.');
  }
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return { timeUs: Math.round(total * 1_000_000) };
}

/** Collects shares: `0.9`. */
export function readShares(text: string, before: number[] | undefined): number[] {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1)) {
    throw new InvalidArgumentError('Expected a share from 0 to 1, for instance 0.9.');
  }
  return [...(before ?? []), share];
}

/** Of a file or folder. */
export function readPathOption(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a path, got an empty text.');
  return text;
}

/** The same of several. */
export function readPaths(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), readPathOption(text)];
}

export function readWhole(least: number, most?: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    const isIn = number >= least && number <= (most ?? Number.MAX_SAFE_INTEGER);
    if (!/^\d+$/.test(text) || !isIn) {
      const range = most === undefined ? `, at least ${least}` : ` from ${least} to ${most}`;
      throw new InvalidArgumentError(`Expected a whole number${range}.`);
    }
    return number;
  };
}

/** `5` is the first five, `3,5,9` are these. */
export function readSeeds(text: string): number | number[] {
  if (!/^\d+(,\d+)*$/.test(text) || text === '0') {
    throw new InvalidArgumentError('Expected a number of seeds, at least 1, or a list: 3,5,9.');
  }
  return text.includes(',') ? text.split(',').map(Number) : Number(text);
}

/** Each thread loads its own copy of the program: a thousand take a minute and gigabytes, and gain nothing. */
const MOST_THREADS = 256;

export const readThreads = readWhole(1, MOST_THREADS);

export const threadsOption = (): Option =>
  new Option('--threads <n>', 'threads that compute; results do not depend on it')
    .argParser(readThreads)
    .default(Math.min(availableParallelism(), MOST_THREADS), 'one for each core');

export const pauseAtOption = (): Option =>
  new Option('--pause-at <mark>', 'pause there: seconds, H:MM:SS or round:N').argParser(readMark);

export const untilOption = (): Option =>
  new Option('--until <mark>', 'write a checkpoint there and stop').argParser(readMark);

export const jsonOption = (): Option => new Option('--json', 'print one JSON document');
