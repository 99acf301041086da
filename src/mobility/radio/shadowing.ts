import { log } from '../../elementary.ts';
import { openStream } from '../../simulation/random.ts';
import { type BySquare, ofSquare } from './by-square.ts';

/** Deviation from the mean by buildings and trees: normal in dB, fixed for each place. */
export interface ShadowingSettings {
  deviationDb: number;
  /** Places this far apart have little in common. */
  correlationM: number;
}

/** Beyond that number of deviations the field is cut off, so that each server has a longest range. */
export const MOST_DEVIATIONS = 3;

/** Squares along the correlation distance: the field is the same all over a square. */
const SQUARES = 4;

/**
 * A field of shadowing for each server, from the seed.
 *
 * Independent standard normals stand on a lattice with edges of `correlationM`; the middle of a square
 * has the mean of the four around it, weighted by nearness (bilinear) and brought back to a
 * deviation of 1.
 */
export class Shadowing {
  readonly edgeM: number;
  readonly #settings: ShadowingSettings;
  readonly #seed: number;
  /** The field's values so far, and the losses so far. */
  readonly #corners: BySquare<number> = new Map();
  readonly #losses: BySquare<number> = new Map();

  constructor(settings: ShadowingSettings, seed: number) {
    this.#settings = settings;
    this.#seed = seed;
    this.edgeM = settings.correlationM / SQUARES;
  }

  /** The loss in dB that it adds in the square of these numbers. */
  lossDb(server: string, column: number, row: number): number {
    return ofSquare(this.#losses, server, column, row, () => this.#lossDb(server, column, row));
  }

  #lossDb(server: string, column: number, row: number): number {
    const [left, x] = placeOf(column);
    const [below, y] = placeOf(row);
    const weights = [(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y];
    let sum = 0;
    let squares = 0;
    for (const [corner, weight] of weights.entries()) {
      sum += weight * this.#corner(server, left + (corner & 1), below + (corner >> 1));
      squares += weight * weight;
    }
    const deviations = sum / Math.sqrt(squares);
    const bounded = Math.min(MOST_DEVIATIONS, Math.max(-MOST_DEVIATIONS, deviations));
    return this.#settings.deviationDb * bounded;
  }

  #corner(server: string, column: number, row: number): number {
    const name = () => `shadowing/${server}/${column}/${row}`;
    return ofSquare(this.#corners, server, column, row, () => normalOf(this.#seed, name()));
  }
}

/** The corner before a square's middle, and how far it is beyond it, 0 to 1. */
function placeOf(square: number): [corner: number, beyond: number] {
  const place = (square + 0.5) / SQUARES;
  const corner = Math.floor(place);
  return [corner, place - corner];
}

/** Standard normal by Marsaglia's polar method, whose operations have the same bits everywhere. */
function normalOf(seed: number, name: string): number {
  const random = openStream(seed, name);
  for (;;) {
    const x = 2 * random.float() - 1;
    const y = 2 * random.float() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * log(square)) / square);
  }
}
