import { InputError } from '../errors.ts';
import type { EntityKind } from '../mobility/fcd/fcd-sink.ts';
import type { Area } from '../mobility/map-regions/area.ts';
import { cells } from '../mobility/map-regions/cells.ts';
import { polygon } from '../mobility/map-regions/polygon.ts';
import { nearestArea, rangeArea } from '../mobility/map-regions/server-areas.ts';
import { seenBy } from '../mobility/site.ts';
import type { Config } from './config-schema.ts';
import type { Reaching } from './radio.ts';

/** Where a config's regions of the map are, for entities of a kind, in their order. */
export function areasOf(
  { data }: Config,
  { sites, radio }: Pick<Reaching, 'sites' | 'radio'>,
): (kind: EntityKind) => readonly Area[] {
  const regions = data.regions ?? [];
  const known = new Map<EntityKind, Area[]>();
  const make = (kind: EntityKind) =>
    regions.map((region): Area => {
      if ('polygon' in region) return polygon(region.polygon);
      if ('cells' in region) return cells(region.cells.sizeM, region.cells.list);
      const index = sites.findIndex(({ server }) => server === region.server);
      // A problem of its own, which is found where the servers of regions are checked.
      if (index < 0) throw new InputError({ found: `no site of server "${region.server}"` });
      if (region.within === 'nearest') return nearestArea(sites, index);
      return rangeArea(seenBy(sites[index]!, kind), radio);
    });
  return (kind) => {
    const areas = known.get(kind) ?? make(kind);
    known.set(kind, areas);
    return areas;
  };
}
