import { type MapPoint, pointOn } from '../drawing/way.ts';
import type { TrackPiece } from '../shared/messages.ts';

/** Simulation time whose ways are asked for at once. */
const WINDOW_US = 30_000_000;
const MOST_WINDOWS = 12;

type Ways = ReadonlyMap<string, TrackPiece[]>;

/** The ways of entities, fetched as the clock comes near. */
export class TrackStore {
  readonly #ask: (fromUs: number, toUs: number) => Promise<{ tracks: TrackPiece[] }>;
  readonly #windows = new Map<number, Ways | 'asked'>();

  constructor(ask: (fromUs: number, toUs: number) => Promise<{ tracks: TrackPiece[] }>) {
    this.#ask = ask;
  }

  /** Rises when more ways are here. */
  count = 0;

  /** Sees to it that the ways around that time are here; `aheadUs`: how soon more is needed. */
  prepare(timeUs: number, aheadUs: number): void {
    const first = Math.floor(timeUs / WINDOW_US);
    const last = Math.min(first + 4, Math.floor((timeUs + aheadUs) / WINDOW_US));
    for (let index = first; index <= last; index += 1) this.#want(index);
  }

  /** Null where it is not known, or not on the map. */
  positionAt(entity: string, timeUs: number): MapPoint | null {
    const pieces = this.#waysAt(timeUs)?.get(entity);
    return pieces === undefined ? null : pointOn(pieces, timeUs);
  }

  /** Where it was in the time before, as x and y in turn, up to where it is. */
  trail(entity: string, timeUs: number, lengthUs: number): number[] {
    const points: number[] = [];
    const piece = this.#waysAt(timeUs)
      ?.get(entity)
      ?.find(({ timesUs }) => timesUs[0]! <= timeUs && timeUs <= timesUs.at(-1)!);
    if (piece === undefined) return points;
    const { timesUs, x, y } = piece;
    for (let index = 0; index < timesUs.length && timesUs[index]! <= timeUs; index += 1) {
      if (timesUs[index]! >= timeUs - lengthUs) points.push(x[index]!, y[index]!);
    }
    const now = pointOn([piece], timeUs);
    if (now !== null) points.push(now.x, now.y);
    return points;
  }

  #waysAt(timeUs: number): Ways | undefined {
    const ways = this.#windows.get(Math.floor(timeUs / WINDOW_US));
    return ways === 'asked' ? undefined : ways;
  }

  #want(index: number): void {
    if (this.#windows.has(index)) return;
    this.#windows.set(index, 'asked');
    const fromUs = index * WINDOW_US;
    this.#ask(fromUs, fromUs + WINDOW_US).then(
      ({ tracks }) => {
        const ways = new Map<string, TrackPiece[]>();
        for (const piece of tracks) {
          ways.set(piece.entity, [...(ways.get(piece.entity) ?? []), piece]);
        }
        this.#windows.set(index, ways);
        this.count += 1;
        for (const old of this.#windows.keys()) {
          if (this.#windows.size <= MOST_WINDOWS) break;
          this.#windows.delete(old);
        }
      },
      () => this.#windows.delete(index),
    );
  }
}
