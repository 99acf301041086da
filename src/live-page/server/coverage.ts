import type { SiteCoverage } from '../shared/messages.ts';

const CELLS = 72;
const DB_A_LEVEL = 6;
const MOST_LEVEL = 2;

/**
 * Where a site at this place is received, as cells that hold at their middles. `marginDb`: by how much
 * the loss may still grow at a place that many metres east and north of the site.
 */
export function coverageAround(
  { xM, yM, rangeM }: { xM: number; yM: number; rangeM: number },
  marginDb: (x: number, y: number) => number,
): SiteCoverage {
  const cellM = (2 * rangeM) / CELLS;
  const bands: SiteCoverage['bands'] = [];
  for (let row = 0; row < CELLS; row += 1) {
    const y = (row + 0.5) * cellM - rangeM;
    let before = -1;
    for (let column = 0; column < CELLS; column += 1) {
      const x = (column + 0.5) * cellM - rangeM;
      const level = levelOf(marginDb(x, y));
      const fromXM = xM + column * cellM - rangeM;
      if (level >= 0 && level === before) bands.at(-1)!.toXM = fromXM + cellM;
      else if (level >= 0) {
        bands.push({ fromXM, toXM: fromXM + cellM, yM: yM + row * cellM - rangeM, level });
      }
      before = level;
    }
  }
  return { cellM, bands };
}

function levelOf(marginDb: number): number {
  return marginDb < 0 ? -1 : Math.min(MOST_LEVEL, Math.floor(marginDb / DB_A_LEVEL));
}
