import type { Track } from './track.ts';
import type { Tracks } from './tracks.ts';

/**
 * Notes the rides of persons and containers, which are at exactly the place of a vehicle at the same
 * time. FCD in one file has vehicles before persons, and notes them as it is read.
 */
export function findRides(tracks: Tracks): void {
  const riders = [...tracks.pedestrian.values(), ...tracks.container.values()];
  const vehicles = vehiclesAt(tracks, riders);
  for (const track of riders) {
    const { timesUs, x, y } = track.unpacked();
    const carriers = Array.from({ length: track.length }, (_, i) => {
      return vehicles.get(placeKey(timesUs[i]!, x[i]!, y[i]!));
    });
    track.setRides(timesUs, carriers);
  }
}

/** Vehicles by time and place, for those times only at which there is a rider. */
function vehiclesAt({ car }: Tracks, riders: readonly Track[]): Map<string, Track> {
  const times = new Set<number>();
  for (const rider of riders) for (const timeUs of rider.unpacked().timesUs) times.add(timeUs);
  const vehicles = new Map<string, Track>();
  if (times.size === 0) return vehicles;
  for (const track of car.values()) {
    const { timesUs, x, y } = track.unpacked();
    for (let i = 0; i < timesUs.length; i++) {
      if (times.has(timesUs[i]!)) vehicles.set(placeKey(timesUs[i]!, x[i]!, y[i]!), track);
    }
  }
  return vehicles;
}

function placeKey(timeUs: number, x: number, y: number): string {
  return `${timeUs} ${x} ${y}`;
}
