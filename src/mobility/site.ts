import type { TimeUs } from '../simulation/time.ts';
import type { EntityKind } from './fcd/fcd-sink.ts';

/** A server's place on the map and how far it reaches. */
export interface Site {
  server: string;
  xM: number;
  yM: number;
  /** The longest range of any kind of entity. */
  rangeM: number;
  /** The entity of the trace that carries it; its place is 0, 0 then. */
  carriedBy?: string;
  /** When it has contacts: from and to, rising; always by default. */
  serviceUs?: readonly (readonly [fromUs: TimeUs, toUs: TimeUs])[];
  /** Where kinds of entities differ. */
  byKind?: Readonly<Partial<Record<EntityKind, SiteReach>>>;
  /** Of a site as entities of one kind see it, with a model of path loss. */
  link?: RadioBudget;
}

interface SiteReach {
  rangeM: number;
  link?: RadioBudget;
}

/** Properties of both ends of a link that a radio model needs. */
export interface RadioBudget {
  /** More than this is out of range. */
  maximumLossDb: number;
  serverHeightM: number;
  workerHeightM: number;
}

/** A site as entities of that kind see it. */
export function seenBy(site: Site, kind: EntityKind): Site {
  return { ...site, ...site.byKind?.[kind] };
}

/** Whether a model of path loss decides its range. */
export function isByPathLoss({ byKind = {} }: Site): boolean {
  return Object.values(byKind).some(({ link }) => link !== undefined);
}
