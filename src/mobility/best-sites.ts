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

interface BestSite extends Candidate {
  /** Worker-seconds in range that the sites before it do not have. */
  addedS: number;
}

/**
 * The places that together have the most worker-seconds in range, chosen greedily: each time the
 * one that adds most to those chosen before; ties by id.
 *
 * A second in which a worker is in range of several counts once. Greedy is within 1 - 1/e of the
 * best choice (the sum is submodular). Fewer than `count` come back when no other adds anything.
 * Cost O(samples + count * contacts).
 */
export function bestSites(
  trace: Trace,
  candidates: readonly Candidate[],
  count: number,
  rangeM: number,
  radio: Radio,
): BestSite[] {
  const ordered = [...candidates].sort((a, b) => (a.id < b.id ? -1 : 1));
  const sites = ordered.map(({ id, xM, yM }): Site => ({ server: id, xM, yM, rangeM }));
  const ways = waysOf(trace, sites, radio);
  const left = new Set(ordered.keys());
  const chosen: BestSite[] = [];
  while (chosen.length < count) {
    const addedUs = new Float64Array(ordered.length);
    for (const way of ways) {
      for (const contact of way.contacts) {
        if (left.has(contact.site)) addedUs[contact.site]! += uncoveredUs(contact, way.covered);
      }
    }
    let best = -1;
    for (const site of left) if (addedUs[site]! > (addedUs[best] ?? 0)) best = site;
    if (best < 0) break;
    left.delete(best);
    chosen.push({ ...ordered[best]!, addedS: addedUs[best]! / 1e6 });
    for (const way of ways) {
      for (const contact of way.contacts) {
        if (contact.site === best) way.covered = withInterval(way.covered, contact);
      }
    }
  }
  return chosen;
}

/** Beyond it a search takes minutes; one entity far out can make a small map that wide. */
const MOST_CANDIDATES = 1_000_000;

/** Candidates on a square grid over the bounds, named `x-y` by their metres. Throws InputError. */
export function gridOver({ minXM, minYM, maxXM, maxYM }: Bounds, stepM: number): Candidate[] {
  const [columns, rows] = [(maxXM - minXM) / stepM, (maxYM - minYM) / stepM];
  const isLost = minXM + stepM === minXM || minYM + stepM === minYM;
  if (isLost || (columns + 1) * (rows + 1) > MOST_CANDIDATES) {
    const wide = `${Math.round(maxXM - minXM)} by ${Math.round(maxYM - minYM)} m`;
    throw new InputError({
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
  contacts: RangeContact[];
  covered: ContactInterval[];
}

interface ContactInterval {
  enterUs: number;
  leaveUs: number;
}

function waysOf(trace: Trace, sites: readonly Site[], radio: Radio): Way[] {
  const coverage = new Coverage(sites, radio);
  return trace.presences
    .map((presence) => ({ contacts: coverage.contacts(presence), covered: [] }))
    .filter(({ contacts }) => contacts.length > 0);
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
