import type { Bounds } from '../mobility/bounds.ts';
import type { Config } from './config-schema.ts';
import { areasOf } from './map-regions.ts';
import type { Reaching } from './radio.ts';

const CELLS_ACROSS = 160;

/** A config's regions of the map as cells, rows from the south; -1: in none. */
interface RegionCells {
  cellM: number;
  columns: number;
  inRegion: Int32Array;
  names: string[];
}

/** The region of each cell's middle, as the first kind of worker sees it. */
export function regionCells(
  config: Config,
  scenario: Pick<Reaching, 'sites' | 'radio'>,
  { minXM, minYM, maxXM, maxYM }: Bounds,
): RegionCells {
  const names = (config.data.regions ?? []).map(({ id }) => id);
  const cellM = Math.max(1, maxXM - minXM) / CELLS_ACROSS;
  const columns = CELLS_ACROSS;
  if (names.length === 0) return { cellM, columns, inRegion: new Int32Array(0), names };
  const areas = areasOf(config, scenario)(config.mobility.workers.kinds[0]!);
  const rows = Math.ceil((maxYM - minYM) / cellM);
  const inRegion = Int32Array.from({ length: columns * rows }, (_, cell) => {
    const x = minXM + ((cell % columns) + 0.5) * cellM;
    const y = minYM + (Math.floor(cell / columns) + 0.5) * cellM;
    return areas.findIndex((area) => area.contains(x, y));
  });
  return { cellM, columns, inRegion, names };
}
