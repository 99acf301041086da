import type { Track } from './track.ts';
import type { Tracks } from './tracks.ts';

type PlaceOf = (x: number, y: number) => string;

/**
 * Notes the rides of persons and containers, which are at exactly the place of a vehicle at the same
 * time. FCD in one file has vehicles before persons, and notes them as it is read. `placeOf` names a
 * place, by default by its coordinates.
 */
export function findRides(tracks: Tracks, placeOf: PlaceOf = coordinates): void {
  const riders = [...tracks.pedestrian.values(), ...tracks.container.values()];
  const vehicles = vehiclesAt(tracks, riders, placeOf);
  for (const track of riders) {
    const { timesUs, x, y } = track.unpacked();
    const carriers = Array.from({ length: track.length }, (_, i) => {
      return vehicles.get(`${timesUs[i]!} ${placeOf(x[i]!, y[i]!)}`);
    });
    track.setRides(timesUs, carriers);
  }
}

/** Vehicles by time and place, for those times only at which there is a rider. */
function vehiclesAt(
  { car }: Tracks,
  riders: readonly Track[],
  placeOf: PlaceOf,
): Map<string, Track> {
  const times = new Set<number>();
  for (const rider of riders) for (const timeUs of rider.unpacked().timesUs) times.add(timeUs);
  const vehicles = new Map<string, Track>();
  if (times.size === 0) return vehicles;
  for (const track of car.values()) {
    const { timesUs, x, y } = track.unpacked();
    for (let i = 0; i < timesUs.length; i++) {
      const timeUs = timesUs[i]!;
      if (times.has(timeUs)) vehicles.set(`${timeUs} ${placeOf(x[i]!, y[i]!)}`, track);
    }
  }
  return vehicles;
}

function coordinates(x: number, y: number): string {
  return `${x} ${y}`;
}
