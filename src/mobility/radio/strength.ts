import { log10 } from '../../elementary.ts';
import type { EntityKind } from '../fcd/fcd-sink.ts';
import type { Site } from '../site.ts';

/** How strong servers are at places. */
export interface Strength {
  /** Edges of the squares of the map within which it is smooth. */
  edgesM: readonly number[];
  /** At a place that many metres from the site, for workers of that kind, as they see the site. In dBm. */
  strengthDb(site: Site, kind: EntityKind, x: number, y: number): number;
}

/** Where there is no model of power: that of free space but for a constant. */
export const byDistance: Strength = {
  edgesM: [],
  strengthDb: (_site, _kind, x, y) => -10 * log10(Math.max(1, x * x + y * y)),
};
