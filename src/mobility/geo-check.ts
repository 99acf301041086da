import { lengthOfXY } from '../elementary.ts';
import { US_PER_S } from '../simulation/time.ts';
import type { SampledWay } from './sampled-way.ts';

/** In degrees a second: about 550 m/s, and a twentieth of a slow walk in metres. */
const SLOWEST_IN_METRES = 0.005;
/** A step of degrees with three decimals, whatever time it takes. */
const SHORTEST_IN_METRES = 0.0011;

/**
 * Distinguishes degrees from metres where a trace does not say what it has: nearly every position is within
 * the globe's degrees, and nearly every movement is by millimetres a second; if nothing moves at
 * all, positions have more than three decimals, all within one unit. A few glitches are allowed.
 */
export class GeoCheck {
  private samples = 0;
  private beyondGlobe = 0;
  private moves = 0;
  private fastMoves = 0;
  private manyDecimals = false;
  private minX = Number.POSITIVE_INFINITY;
  private maxX = Number.NEGATIVE_INFINITY;
  private minY = Number.POSITIVE_INFINITY;
  private maxY = Number.NEGATIVE_INFINITY;

  look({ timesUs, x: xs, y: ys }: SampledWay): void {
    for (let i = 0; i < timesUs.length; i++) {
      if (this.isSettled()) return;
      const x = xs[i]!;
      const y = ys[i]!;
      this.samples++;
      if (!isOnGlobe(x, y)) {
        this.beyondGlobe++;
        continue;
      }
      if (!this.manyDecimals) this.manyDecimals = hasManyDecimals(x) || hasManyDecimals(y);
      this.minX = Math.min(this.minX, x);
      this.maxX = Math.max(this.maxX, x);
      this.minY = Math.min(this.minY, y);
      this.maxY = Math.max(this.maxY, y);
      if (i === 0 || (x === xs[i - 1] && y === ys[i - 1])) continue;
      const seconds = (timesUs[i]! - timesUs[i - 1]!) / US_PER_S;
      const distance = lengthOfXY(x - xs[i - 1]!, y - ys[i - 1]!);
      this.moves++;
      if (distance > Math.max(SHORTEST_IN_METRES, SLOWEST_IN_METRES * seconds)) this.fastMoves++;
    }
  }

  looksLikeDegrees(): boolean {
    if (this.samples === 0 || this.beyondGlobe > Math.max(1, this.samples / 100)) return false;
    if (this.moves > 0) {
      const isFew = this.fastMoves <= Math.max(2, this.moves / 20);
      return isFew && 2 * this.fastMoves < this.moves;
    }
    return this.manyDecimals && this.maxX - this.minX < 1 && this.maxY - this.minY < 1;
  }

  /** Metres without doubt, so that the rest of a long trace need not be looked at. */
  isSettled(): boolean {
    return this.samples > 1000 && this.beyondGlobe > this.samples / 2;
  }
}

export function isOnGlobe(longitude: number, latitude: number): boolean {
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;
}

function hasManyDecimals(value: number): boolean {
  const thousandths = value * 1000;
  return Math.abs(thousandths - Math.round(thousandths)) > 1e-6;
}
