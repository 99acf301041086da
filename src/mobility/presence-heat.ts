import { lengthOfXY } from '../elementary.ts';
import type { Presence } from './presence.ts';
import type { Trace } from './trace.ts';

/** Time that entities spent in the cells of a grid. */
interface PresenceHeat {
  minXM: number;
  minYM: number;
  cellM: number;
  columns: number;
  rows: number;
  /** Row after row from the south: entity-seconds in a cell. */
  entityS: Float64Array;
}

/**
 * How long entities were in each cell of a grid over the trace's bounds.
 *
 * Between two samples an entity moves in a straight line; its time is put into steps of at most half a
 * cell, each into the cell of its middle. The sum of all cells is the time that entities were present.
 */
export function presenceHeat(trace: Trace, cellM: number): PresenceHeat {
  const { minXM, minYM, maxXM, maxYM } = trace.bounds;
  const columns = Math.floor((maxXM - minXM) / cellM) + 1;
  const rows = Math.floor((maxYM - minYM) / cellM) + 1;
  const entityS = new Float64Array(columns * rows);
  const add = (presence: Presence, index: number) => {
    const { timesUs, x, y } = presence;
    const [dx, dy] = [x[index + 1]! - x[index]!, y[index + 1]! - y[index]!];
    const steps = Math.max(1, Math.ceil((2 * lengthOfXY(dx, dy)) / cellM));
    const stepS = (timesUs[index + 1]! - timesUs[index]!) / 1e6 / steps;
    for (let step = 0; step < steps; step += 1) {
      const share = (step + 0.5) / steps;
      const column = Math.floor((x[index]! + share * dx - minXM) / cellM);
      const row = Math.floor((y[index]! + share * dy - minYM) / cellM);
      entityS[row * columns + column]! += stepS;
    }
  };
  for (const packed of trace.presences) {
    const presence = packed.unpacked();
    for (let index = 0; index < presence.timesUs.length - 1; index += 1) add(presence, index);
  }
  return { minXM, minYM, cellM, columns, rows, entityS };
}
