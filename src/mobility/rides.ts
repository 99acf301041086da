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

/**
 * SUMO writes the lane of a vehicle, but the edge of persons and containers in it. Those that are at the
 * position of a vehicle on its edge get its lane, so that both come to the same place. `edgePlace` names a
 * position on the edge of a lane.
 */
export function putOnVehicles(
  tracks: Tracks,
  edgePlace: (lane: number, positionM: number) => string,
): void {
  const riders = [...tracks.pedestrian.values(), ...tracks.container.values()];
  const times = timesOf(riders);
  const lanes = new Map<string, number>();
  for (const vehicle of tracks.car.values()) {
    const { timesUs, x, y } = vehicle.unpacked();
    for (const [i, timeUs] of timesUs.entries()) {
      if (times.has(timeUs)) lanes.set(`${timeUs} ${edgePlace(x[i]!, y[i]!)}`, x[i]!);
    }
  }
  for (const rider of riders) {
    const way = rider.unpacked();
    const { timesUs, x, y } = way;
    for (const [i, timeUs] of timesUs.entries()) {
      x[i] = lanes.get(`${timeUs} ${edgePlace(x[i]!, y[i]!)}`) ?? x[i]!;
    }
    rider.replace(way);
  }
}

function timesOf(tracks: readonly Track[]): Set<number> {
  const times = new Set<number>();
  for (const track of tracks) for (const timeUs of track.unpacked().timesUs) times.add(timeUs);
  return times;
}

/** Vehicles by time and place, for those times only at which there is a rider. */
function vehiclesAt({ car }: Tracks, riders: readonly Track[]): Map<string, Track> {
  const times = timesOf(riders);
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
