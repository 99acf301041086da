import { InputError } from '../../errors.ts';
import type { FcdEntity } from '../fcd/fcd-sink.ts';
import { readFcd } from '../fcd/reader.ts';
import { Counts, noTracks, type TraceReading, trackOf } from '../tracks.ts';
import type { TraceFormat } from './format.ts';

export const fcd: TraceFormat = {
  name: 'fcd',
  fits: (start) => start.includes('<fcd-export'),
  read: readFcdTracks,
};

/**
 * Reads SUMO's FCD (XML, plain or gzipped). A person at exactly the place of a vehicle, in the same
 * timestep, is inside of it: SUMO writes no other sign of a ride. Throws InputError.
 */
async function readFcdTracks(file: string): Promise<TraceReading> {
  const tracks = noTracks();
  const periods = new Counts();
  const vehicles = new VehiclesOfStep();
  let nowUs = Number.NaN;
  const lanes = new Map<string, number>();
  let hasPlaces = false;
  const { header, ...summary } = await readFcd(file, {
    step(timeUs) {
      periods.add(timeUs - nowUs);
      nowUs = timeUs;
      vehicles.clear();
    },
    row(entity: FcdEntity, x, y) {
      const track = trackOf(tracks, entity.kind, entity.id);
      if (track.type === '') track.type = entity.type;
      if (entity.kind === 'car') vehicles.add(track, x, y);
      else track.carriedBy(vehicles.at(x, y));
      track.push(nowUs, x, y);
      hasPlaces = true;
    },
    onLane(entity, lane, positionM) {
      const number = lanes.get(lane) ?? lanes.size;
      lanes.set(lane, number);
      const track = trackOf(tracks, entity.kind, entity.id);
      if (track.type === '') track.type = entity.type;
      track.push(nowUs, number, positionM);
    },
  });
  if (hasPlaces && lanes.size > 0) {
    const found = 'some rows have x and y, others only a position on a lane';
    throw new InputError({ place: { file }, found, advice: ['write the same for all of them'] });
  }
  for (const kind of ['pedestrian', 'container'] as const) {
    for (const track of tracks[kind].values()) track.endRide();
  }
  const { firstTimeUs, lastTimeUs, steps, firstRow } = summary;
  return {
    ...{ tracks, firstTimeUs, lastTimeUs, steps, firstRow },
    periodUs: periods.mostFrequent()?.value,
    ...header,
    ...(lanes.size > 0 && { frame: 'lanes' as const }),
    lanes: [...lanes.keys()],
    isContinuous: false,
    isMeasured: false,
    remarks: [],
  };
}

/** Where the vehicles of a timestep are; they stand before the persons in it. */
class VehiclesOfStep {
  #count = 0;
  readonly #tracks: object[] = [];
  readonly #x: number[] = [];
  readonly #y: number[] = [];
  /** Made for the first person of a step only: by x, the last of those vehicles. */
  #byX: Map<number, number> | null = null;

  clear(): void {
    this.#count = 0;
    this.#byX = null;
  }

  add(track: object, x: number, y: number): void {
    this.#tracks[this.#count] = track;
    this.#x[this.#count] = x;
    this.#y[this.#count++] = y;
    this.#byX = null;
  }

  at(x: number, y: number): object | undefined {
    if (this.#byX === null) {
      this.#byX = new Map();
      for (let i = 0; i < this.#count; i++) this.#byX.set(this.#x[i]!, i);
    }
    const found = this.#byX.get(x);
    return found !== undefined && this.#y[found] === y ? this.#tracks[found] : undefined;
  }
}
