import { z } from 'zod';
import { defineMovementModel, type Waypoint } from '../../../rules/contract/movement-model.ts';
import type { RandomSource } from '../../../rules/contract/plain-data.ts';

const options = z
  .strictObject({
    columns: z.number().int().min(1).max(10_000).default(5).describe('blocks along x'),
    rows: z.number().int().min(1).max(10_000).default(5).describe('blocks along y'),
    blockM: z.number().positive().default(200).describe('edge of a block'),
    minimumSpeedMps: z.number().positive().default(5),
    maximumSpeedMps: z.number().positive().default(15),
  })
  .refine(({ minimumSpeedMps: least, maximumSpeedMps: most }) => least <= most, {
    path: ['maximumSpeedMps'],
    message: 'at least minimumSpeedMps',
  });

type Options = z.output<typeof options>;

/** A corner of the grid and the way out of it, one of them 0 and the other 1 or -1. */
interface Heading {
  column: number;
  row: number;
  right: number;
  up: number;
}

/**
 * Manhattan grid: along the streets around square blocks, each entity at a speed of its own, uniform.
 * At a crossing it goes straight on with probability 1/2, left or right with 1/4 each; at the edge of
 * the map, what it can do shares these: straight on and the only turn 1/2 each, left and right 1/2 each.
 * So as many arrive on every street as leave, and a uniform place on the streets, where it begins, is
 * the stationary state.
 *
 * Source: Bai, Sadagopan and Helmy, IMPORTANT, IEEE INFOCOM 2003, section III (its turning
 * probabilities), and ETSI TR 101 112 (UMTS 30.03), section B.1.4.1.
 */
export default defineMovementModel<Options>({
  name: 'manhattan-grid',
  summary: 'along the streets of a grid, with random turns at its crossings',
  options,
  *way({ durationS, random }, options) {
    const { minimumSpeedMps: slow, maximumSpeedMps: fast, blockM } = options;
    let heading = streetOf(options, random);
    const speedMps = slow + (fast - slow) * random.float();
    const gone = random.float();
    const waypoint = (
      timeS: number,
      { column, row }: { column: number; row: number },
    ): Waypoint => ({
      ...{ timeS, xM: column * blockM, yM: row * blockM },
    });
    const { column, row, right, up } = heading;
    yield waypoint(0, { column: column + gone * right, row: row + gone * up });
    let timeS = ((1 - gone) * blockM) / speedMps;
    while (timeS < durationS) {
      heading = turned(heading, options, random);
      yield waypoint(timeS, heading);
      timeS += blockM / speedMps;
    }
    yield waypoint(timeS, ahead(heading));
  },
});

/** A street between two corners and a direction on it, each as likely. */
function streetOf({ columns, rows }: Options, random: RandomSource): Heading {
  const along = columns * (rows + 1);
  const street = random.integer(along + rows * (columns + 1));
  const isBack = random.integer(2) === 1;
  if (street < along) {
    const [column, row] = [street % columns, Math.floor(street / columns)];
    return isBack
      ? { column: column + 1, row, right: -1, up: 0 }
      : { column, row, right: 1, up: 0 };
  }
  const [column, row] = [Math.floor((street - along) / rows), (street - along) % rows];
  return isBack ? { column, row: row + 1, right: 0, up: -1 } : { column, row, right: 0, up: 1 };
}

function ahead({ column, row, right, up }: Heading): { column: number; row: number } {
  return { column: column + right, row: row + up };
}

/** At the end of its street, bound for the next one. */
function turned(heading: Heading, options: Options, random: RandomSource): Heading {
  const { column, row } = ahead(heading);
  const { right, up } = heading;
  const isOnMap = (right: number, up: number) =>
    column + right >= 0 &&
    column + right <= options.columns &&
    row + up >= 0 &&
    row + up <= options.rows;
  if (isOnMap(right, up) && random.integer(2) === 0) return { column, row, right, up };
  const isLeft = isOnMap(-up, right) && (!isOnMap(up, -right) || random.integer(2) === 0);
  return isLeft ? { column, row, right: -up, up: right } : { column, row, right: up, up: -right };
}
