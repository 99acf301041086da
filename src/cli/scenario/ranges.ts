import { InvalidArgumentError, Option } from 'commander';

export const DEFAULT_RANGE_M = 50;

export function rangeOption(standard = `${DEFAULT_RANGE_M}`): Option {
  return new Option(
    '--range <m>',
    `radio range in metres; may be repeated, or 50,100 (default: ${standard})`,
  ).argParser(readRanges);
}

/** `50` or `50,100,200`; repeated options add up. */
function readRanges(text: string, before: number[] = []): number[] {
  const ranges = text.split(',').map(Number);
  if (!ranges.every((range) => Number.isFinite(range) && range > 0)) {
    throw new InvalidArgumentError('Expected metres above 0, for instance 50,100,200.');
  }
  return [...before, ...ranges];
}
