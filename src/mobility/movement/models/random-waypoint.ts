import { z } from 'zod';
import { log, pow, square } from '../../../elementary.ts';
import { defineMovementModel, type Waypoint } from '../../../rules/contract/movement-model.ts';
import type { RandomSource } from '../../../rules/contract/plain-data.ts';

const options = z
  .strictObject({
    widthM: z.number().positive().default(1000).describe('of the area, along x'),
    heightM: z.number().positive().default(1000).describe('of the area, along y'),
    minimumSpeedMps: z.number().positive().default(1).describe('above 0, or nothing moves at last'),
    maximumSpeedMps: z.number().positive().default(20),
    minimumPauseS: z.number().min(0).default(0).describe('at each waypoint'),
    maximumPauseS: z.number().min(0).default(0),
  })
  .refine(({ minimumSpeedMps: least, maximumSpeedMps: most }) => least <= most, {
    path: ['maximumSpeedMps'],
    message: 'at least minimumSpeedMps',
  })
  .refine(({ minimumPauseS: least, maximumPauseS: most }) => least <= most, {
    path: ['maximumPauseS'],
    message: 'at least minimumPauseS',
  });

type Options = z.output<typeof options>;

interface Point {
  x: number;
  y: number;
}

/**
 * Random waypoint: from place to place of a rectangle, each uniform, each trip at a uniform speed, each
 * pause uniform. It begins in its stationary state: at 0 s an entity pauses with probability
 * E[pause] / (E[pause] + E[trip]); the ends of the trip that it is on are drawn in proportion to their
 * distance, its place on it is uniform, its speed has a density in proportion to 1 / v.
 *
 * Source: Navidi and Camp, Stationary distributions for the random waypoint mobility model, IEEE
 * Transactions on Mobile Computing 3(1), 2004.
 */
export default defineMovementModel<Options>({
  name: 'random-waypoint',
  summary: 'trips between random places of a rectangle, from the stationary state on',
  options,
  *way({ durationS, random }, options) {
    let timeS = 0;
    let at: Point;
    if (random.float() < pausingShare(options)) {
      at = placeIn(options, random);
      yield waypoint(0, at);
      timeS = pauseLeftS(options, random);
    } else {
      const { from, to } = tripUnderWay(options, random);
      const gone = random.float();
      const here = { x: from.x + gone * (to.x - from.x), y: from.y + gone * (to.y - from.y) };
      yield waypoint(0, here);
      timeS = distanceM(here, to) / speedUnderWay(options, random);
      yield waypoint(timeS, to);
      at = to;
      timeS += between(options.minimumPauseS, options.maximumPauseS, random);
    }
    while (timeS < durationS) {
      yield waypoint(timeS, at);
      const to = placeIn(options, random);
      timeS +=
        distanceM(at, to) / between(options.minimumSpeedMps, options.maximumSpeedMps, random);
      yield waypoint(timeS, to);
      at = to;
      timeS += between(options.minimumPauseS, options.maximumPauseS, random);
    }
    yield waypoint(timeS, at);
  },
});

function waypoint(timeS: number, { x, y }: Point): Waypoint {
  return { timeS, xM: x, yM: y };
}

function placeIn({ widthM, heightM }: Options, random: RandomSource): Point {
  return { x: widthM * random.float(), y: heightM * random.float() };
}

function between(least: number, most: number, random: RandomSource): number {
  return least + (most - least) * random.float();
}

function distanceM(a: Point, b: Point): number {
  return Math.sqrt(square(a.x - b.x) + square(a.y - b.y));
}

/** How much of its time an entity pauses. */
function pausingShare(options: Options): number {
  const { minimumSpeedMps: slow, maximumSpeedMps: fast } = options;
  const pauseS = (options.minimumPauseS + options.maximumPauseS) / 2;
  const secondsAMetre = slow === fast ? 1 / slow : log(fast / slow) / (fast - slow);
  return pauseS / (pauseS + meanDistanceM(options) * secondsAMetre);
}

/** Of two uniform places in a rectangle (Santaló, Integral Geometry and Geometric Probability, 1976). */
function meanDistanceM({ widthM: w, heightM: h }: Options): number {
  const d = Math.sqrt(w * w + h * h);
  const ends =
    (w * w * w) / square(h) + (h * h * h) / square(w) + d * (3 - square(w / h) - square(h / w));
  const sides = ((h * h) / w) * log((w + d) / h) + ((w * w) / h) * log((h + d) / w);
  return (ends + 2.5 * sides) / 15;
}

/** Two places, in proportion to their distance: uniform ones, taken with that probability. */
function tripUnderWay(options: Options, random: RandomSource): { from: Point; to: Point } {
  const longestM = Math.sqrt(square(options.widthM) + square(options.heightM));
  for (;;) {
    const [from, to] = [placeIn(options, random), placeIn(options, random)];
    if (random.float() * longestM < distanceM(from, to)) return { from, to };
  }
}

function speedUnderWay(
  { minimumSpeedMps: slow, maximumSpeedMps: fast }: Options,
  random: RandomSource,
): number {
  return slow * pow(fast / slow, random.float());
}

/** A longer pause is met more often; what is left of it is uniform. */
function pauseLeftS(
  { minimumPauseS: least, maximumPauseS: most }: Options,
  random: RandomSource,
): number {
  const pauseS = Math.sqrt(square(least) + random.float() * (square(most) - square(least)));
  return random.float() * pauseS;
}
