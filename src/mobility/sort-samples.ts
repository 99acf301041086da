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
  const { timesUs: times, x, y } = track.unpacked();
  let falls = false;
  let rises = true;
  for (let i = 1; i < times.length; i++) {
    if (times[i]! < times[i - 1]!) falls = true;
    if (times[i]! <= times[i - 1]!) rises = false;
  }
  if (rises) return false;
  const order = Array.from(times.keys())
    .sort((a, b) => times[a]! - times[b]! || a - b)
    .filter((i, at, sorted) => at === 0 || times[i] !== times[sorted[at - 1]!]);
  const inOrder = (values: Float64Array) => Float64Array.from(order, (i) => values[i]!);
  track.replace({ timesUs: inOrder(times), x: inOrder(x), y: inOrder(y) });
  return falls;
}
