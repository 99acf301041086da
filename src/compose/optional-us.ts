import { secondsToUs, type TimeUs } from '../simulation/time.ts';

/** At least a microsecond: a round that takes no time might be followed by endless others. */
export function optionalUs(seconds: number | null | undefined): TimeUs | null {
  return seconds === undefined || seconds === null ? null : Math.max(1, secondsToUs(seconds));
}
