import type { TrackPiece } from '../shared/messages.ts';

/** In metres on the map, or in pixels on the screen. */
export interface MapPoint {
  x: number;
  y: number;
}

/** Linear between samples; null outside of all pieces. */
export function pointOn(pieces: readonly TrackPiece[], timeUs: number): MapPoint | null {
  for (const { timesUs, x, y } of pieces) {
    if (timeUs < timesUs[0]! || timeUs > timesUs.at(-1)!) continue;
    let [low, high] = [0, timesUs.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (timesUs[middle]! <= timeUs) low = middle;
      else high = middle;
    }
    const spanUs = timesUs[high]! - timesUs[low]!;
    const share = spanUs === 0 ? 0 : (timeUs - timesUs[low]!) / spanUs;
    return {
      x: x[low]! + share * (x[high]! - x[low]!),
      y: y[low]! + share * (y[high]! - y[low]!),
    };
  }
  return null;
}
