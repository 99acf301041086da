import type { TimeUs } from '../../simulation/time.ts';
import type { RangeContact } from '../coverage.ts';
import type { Presence } from '../presence.ts';
import { segmentAt } from '../sampled-way.ts';
import type { Site } from '../site.ts';
import { type Association, addStay, type Stay } from './association.ts';

/**
 * Squared distances this near (m^2, times the distance in rank) count as equal, so that rounding
 * cannot make an entity on the line between two sites flutter. It shifts a switch by nanoseconds.
 */
const TIE_M2 = 1e-7;

/**
 * With the nearest site in range; ties go to the lowest server id.
 *
 * Within a segment the squared distances to all sites have the same quadratic term, so their
 * differences are linear in time: the nearest sites are the lower envelope of lines, and the
 * switches are its corners, exact.
 */
export function nearest(sites: readonly Site[]): Association {
  const ranks = ranksById(sites);
  return (presence, contacts) => nearestSites(presence, contacts, sites, ranks);
}

function nearestSites(
  presence: Presence,
  contacts: readonly RangeContact[],
  sites: readonly Site[],
  ranks: readonly number[],
): Stay[] {
  const pieces: Stay[] = [];
  let active: RangeContact[] = [];
  let next = 0;
  let nowUs = 0;
  while (next < contacts.length || active.length > 0) {
    if (active.length === 0) nowUs = contacts[next]!.enterUs;
    while (next < contacts.length && contacts[next]!.enterUs === nowUs) {
      active.push(contacts[next++]!);
    }
    let untilUs = contacts[next]?.enterUs ?? Number.POSITIVE_INFINITY;
    for (const contact of active) untilUs = Math.min(untilUs, contact.leaveUs);
    if (active.length === 1) addStay(pieces, active[0]!, nowUs, untilUs);
    else alongSegments(presence, active, sites, ranks, nowUs, untilUs, pieces);
    nowUs = untilUs;
    active = active.filter((contact) => contact.leaveUs > nowUs);
  }
  return pieces;
}

/** For every site the position of its server id among all of them. */
function ranksById(sites: readonly Site[]): number[] {
  const order = sites.map((_, i) => i);
  order.sort((a, b) => (sites[a]!.server < sites[b]!.server ? -1 : 1));
  const ranks = new Array<number>(sites.length);
  for (const [rank, site] of order.entries()) ranks[site] = rank;
  return ranks;
}

function alongSegments(
  { timesUs, x, y }: Presence,
  active: readonly RangeContact[],
  sites: readonly Site[],
  ranks: readonly number[],
  fromUs: TimeUs,
  toUs: TimeUs,
  pieces: Stay[],
): void {
  let segment = segmentAt(timesUs, fromUs);
  for (let startUs = fromUs; startUs < toUs; segment++) {
    const beginUs = timesUs[segment]!;
    const lengthUs = timesUs[segment + 1]! - beginUs;
    const endUs = Math.min(toUs, beginUs + lengthUs);
    const velocityX = (x[segment + 1]! - x[segment]!) / lengthUs;
    const velocityY = (y[segment + 1]! - y[segment]!) / lengthUs;
    const atX = x[segment]! + velocityX * (startUs - beginUs);
    const atY = y[segment]! + velocityY * (startUs - beginUs);
    const lines = active.map((contact): Line => {
      const site = sites[contact.site]!;
      const dx = site.xM - atX;
      const dy = site.yM - atY;
      return {
        contact,
        height: dx * dx + dy * dy + TIE_M2 * ranks[contact.site]!,
        slope: -2 * (dx * velocityX + dy * velocityY),
      };
    });
    alongEnvelope(lines, startUs, endUs, pieces);
    startUs = endUs;
  }
}

/** Squared distance less the common quadratic term: height + slope t. */
interface Line {
  contact: RangeContact;
  height: number;
  slope: number;
}

function alongEnvelope(lines: readonly Line[], fromUs: TimeUs, toUs: TimeUs, pieces: Stay[]): void {
  let lowest = lines.reduce((a, b) =>
    b.height < a.height || (b.height === a.height && b.slope < a.slope) ? b : a,
  );
  let startUs = fromUs;
  for (;;) {
    let switchUs = toUs - fromUs;
    let following: Line | undefined;
    for (const line of lines) {
      if (line.slope >= lowest.slope) continue;
      const crossingUs = (line.height - lowest.height) / (lowest.slope - line.slope);
      const isSooner = crossingUs < switchUs;
      const isSteeper = crossingUs === switchUs && following && line.slope < following.slope;
      if (isSooner || isSteeper) {
        switchUs = crossingUs;
        following = line;
      }
    }
    const endUs = following ? Math.max(startUs, Math.round(fromUs + switchUs)) : toUs;
    addStay(pieces, lowest.contact, startUs, endUs);
    if (!following) return;
    startUs = endUs;
    lowest = following;
  }
}
