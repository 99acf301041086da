import { InputError } from '../errors.ts';
import type { Bounds } from './bounds.ts';
import { Coverage, type RangeContact } from './coverage.ts';
import type { Radio } from './radio/radio.ts';
import type { Site } from './site.ts';
import type { Trace } from './trace.ts';

interface Candidate {
  id: string;
  xM: number;
  yM: number;
}

export interface BestSite extends Candidate {
  /** Worker-seconds in range that the sites before it do not have. */
  addedS: number;
  /** Entities in range of it that are in range of none before it. */
  addedEntities: number;
}

/** Goals for which sites are chosen. */
export type SiteGoal = 'person-seconds' | 'entities' | 'balance';

/**
 * The places that together serve best, chosen greedily, one after the other; ties by id.
 *
 * person-seconds: each time the one that adds most time of entities in range; a second in range of
 * several counts once. entities: the one that adds most entities that ever are in range. Greedy is within
 * 1 - 1/e of the best choice of both (the sums are submodular). balance: servers that are about
 * as busy: each time the one that adds as nearly as possible what the last site of person-seconds adds.
 * Fewer than `count` come back when no other adds anything. Cost O(samples + count * contacts).
 */
export function bestSites(
  trace: Trace,
  candidates: readonly Candidate[],
  count: number,
  rangeM: number,
  radio: Radio,
  goal: SiteGoal = 'person-seconds',
): BestSite[] {
  const ordered = [...candidates].sort((a, b) => (a.id < b.id ? -1 : 1));
  const sites = ordered.map(({ id, xM, yM }): Site => ({ server: id, xM, yM, rangeM }));
  const ways = waysOf(trace, sites, radio);
  if (goal === 'entities') return chosenSites(ordered, ways, count, (added) => added.entities);
  const most = chosenSites(ordered, ways, count, ({ us }) => us);
  const last = most.at(-1);
  if (goal === 'person-seconds' || last === undefined) return most;
  const sameUs = last.addedS * 1e6;
  for (const way of ways) way.covered = [];
  // Above 0, so that a site which adds nothing is no choice.
  return chosenSites(ordered, ways, count, ({ us }) =>
    us > 0 ? 1 / (1 + Math.abs(us - sameUs)) : 0,
  );
}

/** Gain of a site beside those chosen before. */
interface Addition {
  us: number;
  entities: number;
}

function chosenSites(
  ordered: readonly Candidate[],
  ways: readonly Way[],
  count: number,
  worth: (added: Addition) => number,
): BestSite[] {
  const left = new Set(ordered.keys());
  const seen = new Set<string>();
  const chosen: BestSite[] = [];
  while (chosen.length < count) {
    const added = additions(ordered.length, ways, left, seen);
    let best = -1;
    let bestWorth = 0;
    for (const site of left) {
      if (worth(added[site]!) <= bestWorth) continue;
      best = site;
      bestWorth = worth(added[site]!);
    }
    if (best < 0) break;
    left.delete(best);
    const { us, entities } = added[best]!;
    chosen.push({ ...ordered[best]!, addedS: us / 1e6, addedEntities: entities });
    for (const way of ways) {
      for (const contact of way.contacts) {
        if (contact.site !== best) continue;
        way.covered = withInterval(way.covered, contact);
        seen.add(way.entity);
      }
    }
  }
  return chosen;
}

function additions(
  sites: number,
  ways: readonly Way[],
  left: ReadonlySet<number>,
  seen: ReadonlySet<string>,
): Addition[] {
  const added = Array.from({ length: sites }, (): Addition => ({ us: 0, entities: 0 }));
  const lastEntity = new Array<string>(sites);
  for (const way of ways) {
    for (const contact of way.contacts) {
      if (!left.has(contact.site)) continue;
      const addition = added[contact.site]!;
      addition.us += uncoveredUs(contact, way.covered);
      if (seen.has(way.entity)) continue;
      if (lastEntity[contact.site] === way.entity) continue;
      lastEntity[contact.site] = way.entity;
      addition.entities++;
    }
  }
  return added;
}

/** Beyond it a search takes minutes; one entity far out can make a small map that wide. */
const MOST_CANDIDATES = 1_000_000;

/**
 * Junctions where there are any, or a grid with half of the range between its places. `file`: of the trace,
 * for errors. Throws InputError.
 */
export function candidatesOn(
  { bounds }: Trace,
  junctions: readonly Candidate[] | undefined,
  rangeM: number,
  file: string,
): readonly Candidate[] {
  return junctions ?? gridOver(bounds, rangeM / 2, file);
}

/** Candidates on a square grid over the bounds, named `x-y` by their metres. `file`: for errors. Throws InputError. */
export function gridOver(
  { minXM, minYM, maxXM, maxYM }: Bounds,
  stepM: number,
  file: string,
): Candidate[] {
  const [columns, rows] = [(maxXM - minXM) / stepM, (maxYM - minYM) / stepM];
  const isLost = minXM + stepM === minXM || minYM + stepM === minYM;
  if (isLost || (columns + 1) * (rows + 1) > MOST_CANDIDATES) {
    const wide = `${Math.round(maxXM - minXM)} by ${Math.round(maxYM - minYM)} m`;
    throw new InputError({
      place: { file },
      found: `the map is too wide to look for sites on a grid of ${stepM} m: ${wide}`,
      advice: ['name a network, whose junctions are looked at instead, or a greater range'],
    });
  }
  const candidates: Candidate[] = [];
  for (let xM = minXM; xM <= maxXM; xM += stepM) {
    for (let yM = minYM; yM <= maxYM; yM += stepM) {
      candidates.push({ id: `${Math.round(xM)}-${Math.round(yM)}`, xM, yM });
    }
  }
  return candidates;
}

/** A presence's contacts with all candidates, and the times that a chosen site covers. */
interface Way {
  entity: string;
  contacts: RangeContact[];
  covered: ContactInterval[];
}

interface ContactInterval {
  enterUs: number;
  leaveUs: number;
}

/** Those of one entity stand together. */
function waysOf(trace: Trace, sites: readonly Site[], radio: Radio): Way[] {
  const coverage = new Coverage(sites, radio);
  return trace.presences
    .map((presence) => ({
      entity: presence.entity,
      contacts: coverage.contacts(presence.unpacked()),
      covered: [],
    }))
    .filter(({ contacts }) => contacts.length > 0)
    .sort((a, b) => (a.entity < b.entity ? -1 : a.entity > b.entity ? 1 : 0));
}

/** `covered` is in order and without overlaps. */
function uncoveredUs(
  { enterUs, leaveUs }: ContactInterval,
  covered: readonly ContactInterval[],
): number {
  let us = leaveUs - enterUs;
  for (const other of covered) {
    us -= Math.max(0, Math.min(leaveUs, other.leaveUs) - Math.max(enterUs, other.enterUs));
  }
  return us;
}

function withInterval(
  covered: readonly ContactInterval[],
  added: ContactInterval,
): ContactInterval[] {
  const merged = { enterUs: added.enterUs, leaveUs: added.leaveUs };
  const apart: ContactInterval[] = [];
  for (const other of covered) {
    if (other.leaveUs < merged.enterUs || other.enterUs > merged.leaveUs) {
      apart.push(other);
    } else {
      merged.enterUs = Math.min(merged.enterUs, other.enterUs);
      merged.leaveUs = Math.max(merged.leaveUs, other.leaveUs);
    }
  }
  return [...apart, merged].sort((a, b) => a.enterUs - b.enterUs);
}
