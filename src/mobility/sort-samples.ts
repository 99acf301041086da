import type { Track } from './track.ts';
import { everyTrack, type Tracks } from './tracks.ts';

/**
 * Sorts the samples of each entity by time, and keeps the first of several at one time.
 * Out: what was done, one line each.
 */
export function sortSamples(tracks: Tracks): string[] {
  let unordered = 0;
  let duplicates = 0;
  for (const track of everyTrack(tracks)) {
    const { length } = track;
    if (sortTrack(track)) unordered++;
    duplicates += length - track.length;
  }
  return [
    ...(unordered > 0
      ? [`rows of ${unordered} entities were not in order of time, and are sorted`]
      : []),
    ...(duplicates > 0 ? [`${duplicates} second rows of an entity at one time are left out`] : []),
  ];
}

/** Out: whether times fell anywhere. */
function sortTrack(track: Track): boolean {
  const { length, timesUs } = track;
  let falls = false;
  let rises = true;
  for (let i = 1; i < length; i++) {
    if (timesUs[i]! < timesUs[i - 1]!) falls = true;
    if (timesUs[i]! <= timesUs[i - 1]!) rises = false;
  }
  if (rises) return false;
  const { timesUs: times, x, y } = track.samples();
  const order = Array.from(times.keys()).sort((a, b) => times[a]! - times[b]! || a - b);
  track.length = 0;
  for (const i of order) {
    if (track.length > 0 && times[i] === track.timesUs[track.length - 1]) continue;
    track.push(times[i]!, x[i]!, y[i]!);
  }
  return falls;
}
