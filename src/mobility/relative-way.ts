import { courseAt } from './association/crossing.ts';
import type { Presence } from './presence.ts';

/**
 * The way of an entity as another one sees it: metres from that one, while both are on the map. Both go
 * straight between their samples, so the difference is straight between the samples of either.
 */
export function relativeWays(presence: Presence, carrier: readonly Presence[]): Presence[] {
  return carrier.flatMap((other): Presence[] => {
    const fromUs = Math.max(presence.timesUs[0]!, other.timesUs[0]!);
    const toUs = Math.min(presence.timesUs.at(-1)!, other.timesUs.at(-1)!);
    if (fromUs >= toUs) return [];
    const between = [...presence.timesUs, ...other.timesUs].filter(
      (timeUs) => timeUs > fromUs && timeUs < toUs,
    );
    const timesUs = Float64Array.from(new Set([fromUs, ...between, toUs])).sort();
    const x = new Float64Array(timesUs.length);
    const y = new Float64Array(timesUs.length);
    for (const [i, timeUs] of timesUs.entries()) {
      const [own, its] = [courseAt(presence, timeUs), courseAt(other, timeUs)];
      x[i] = own.x - its.x;
      y[i] = own.y - its.y;
    }
    return [{ ...presence, timesUs, x, y }];
  });
}
