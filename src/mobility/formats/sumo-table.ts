import type { EntityKind } from '../fcd/fcd-sink.ts';

/** A table by SUMO: what its columns say beside times, ids, places and types. */
interface SumoTable {
  kindOf(cells: readonly string[]): EntityKind;
  /** The lane of a row, or its edge, and the metres on it; undefined without such columns. */
  onLane: { of(cells: readonly string[]): string; position: number } | undefined;
  isMesoscopic: boolean;
  /** Edges that the first rows are on, without SUMO's internal ones. */
  edges: ReadonlySet<string>;
}

const KINDS = { vehicle: 'car', person: 'pedestrian', container: 'container' } as const;
const OWN_TYPES: Readonly<Record<string, EntityKind>> = {
  DEFAULT_VEHTYPE: 'car',
  DEFAULT_PEDTYPE: 'pedestrian',
  DEFAULT_CONTAINERTYPE: 'container',
};
/** Rows that are looked at for their edges. */
const FIRST_ROWS = 500;

/**
 * The table that SUMO 1.24 and later write; undefined for another one.
 *
 * Vehicles, persons and containers are in the same columns, which have the name of the first one's kind.
 * Of vehicles the lane is written, of the others the edge; in a mesoscopic trace the edge of all. So a
 * row with a lane is a vehicle. One without is of the kind that SUMO's own type says; of another type
 * it is, in a mesoscopic trace and where no row has a lane or an edge, of the kind in the columns' names,
 * elsewhere a person or a container.
 */
export function sumoTable(
  head: readonly string[],
  rows: readonly string[][],
): SumoTable | undefined {
  const prefix = prefixOf(head);
  if (prefix === undefined) return undefined;
  const at = (name: string) => head.indexOf(`${prefix}_${name}`);
  const [lane, edge, type, position] = [at('lane'), at('edge'), at('type'), at('pos')];
  const has = (column: number) =>
    column >= 0 && rows.some((cells, row) => row > 0 && !!cells[column]);
  const [areLanes, areEdges] = [has(lane), has(edge)];
  const otherKind = areLanes && prefix === 'vehicle' ? 'pedestrian' : KINDS[prefix];
  const kindOf = (cells: readonly string[]): EntityKind => {
    if (lane >= 0 && cells[lane]) return 'car';
    return OWN_TYPES[cells[type] ?? ''] ?? otherKind;
  };
  const laneOf = (cells: readonly string[]) => cells[lane] || cells[edge] || '';
  const onLane = position >= 0 && (areLanes || areEdges) ? { of: laneOf, position } : undefined;
  const edges = new Set<string>();
  for (const cells of rows.slice(1, FIRST_ROWS)) {
    const id = cells[edge] || (cells[lane] ?? '').replace(/_\d+$/, '');
    if (id !== '' && !id.startsWith(':')) edges.add(id);
  }
  // A file of persons alone has edges alone, too.
  return { kindOf, onLane, isMesoscopic: !areLanes && areEdges && prefix === 'vehicle', edges };
}

/** Whether one of the rows has a lane; undefined in a table without lanes, or not by SUMO. */
export function hasLanes(head: readonly string[], rows: readonly string[][]): boolean | undefined {
  const prefix = prefixOf(head);
  const lane = head.indexOf(`${prefix}_lane`);
  if (prefix === undefined || lane < 0) return undefined;
  return rows.some((cells) => cells !== head && !!cells[lane]);
}

function prefixOf(head: readonly string[]): keyof typeof KINDS | undefined {
  if (!head.includes('timestep_time')) return undefined;
  const prefixes = Object.keys(KINDS) as (keyof typeof KINDS)[];
  return prefixes.find((each) => head.includes(`${each}_id`));
}
