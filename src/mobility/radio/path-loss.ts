import type { RadioBudget, Site } from '../site.ts';
import { disc } from './disc.ts';
import type { Propagation } from './propagation.ts';
import type { Radio, Stretch } from './radio.ts';

/**
 * Entities whose path loss is within the budget of the link are in range.
 *
 * A loss that depends on the distance alone is a disc or several rings; one that depends on the place,
 * too, is that in each square of the map. So a segment is cut where it crosses an edge of a
 * square or of a ring, and each piece is in range or out of it as a whole: exact but for rounding.
 */
export function pathLoss(propagation: Propagation): Radio {
  return {
    reachM: ({ link }) => propagation.reachM(link!),
    covers: (site, x, y) => isIn(propagation.ranges(linked(site), x, y), x, y),
    isConvex: false,
    crossing: (given, x, y, toX, toY) => {
      const site = linked(given);
      const stretches: Stretch[] = [];
      const [dx, dy] = [toX - x, toY - y];
      const squares = cutsAtEdges(propagation.edgesM, site.xM + x, site.yM + y, dx, dy);
      for (let i = 1; i < squares.length; i += 1) {
        const [from, to] = [squares[i - 1]!, squares[i]!];
        const middle = (from + to) / 2;
        const ranges = propagation.ranges(site, x + middle * dx, y + middle * dy);
        const circles = cutsAtCircles(ranges, x, y, dx, dy).filter((at) => at > from && at < to);
        let enter = from;
        for (const leave of [...circles, to]) {
          const at = (enter + leave) / 2;
          if (isIn(ranges, x + at * dx, y + at * dy)) addStretch(stretches, enter, leave);
          enter = leave;
        }
      }
      return withEnds(stretches, propagation, site, { x, y, toX, toY });
    },
  };
}

/** The simplest radio that gives the same contacts, for sites as one kind of entity sees them. */
export function radioOf(propagation: Propagation, sites: readonly Site[]): Radio {
  const rings = (site: Site) => propagation.ranges(linked(site), 0, 0);
  const areDiscs = propagation.edgesM.length === 0 && sites.every((site) => isDisc(rings(site)));
  return areDiscs ? disc : pathLoss(propagation);
}

function isDisc(ranges: readonly number[]): boolean {
  return ranges.length === 2 && ranges[0] === 0;
}

function linked(site: Site): Site & { link: RadioBudget } {
  return site as Site & { link: RadioBudget };
}

function isIn(ranges: readonly number[], x: number, y: number): boolean {
  const squared = x * x + y * y;
  for (let ring = 0; ring < ranges.length; ring += 2) {
    const [inner, outer] = [ranges[ring]!, ranges[ring + 1]!];
    if (squared >= inner * inner && squared <= outer * outer) return true;
  }
  return false;
}

/** Where p + t d crosses the edges of squares, 0 and 1 included, rising. */
export function cutsAtEdges(
  edgesM: readonly number[],
  px: number,
  py: number,
  dx: number,
  dy: number,
): number[] {
  const cuts = [0, 1];
  for (const edgeM of edgesM) {
    addCuts(cuts, edgeM, px, dx);
    addCuts(cuts, edgeM, py, dy);
  }
  return cuts.sort((a, b) => a - b);
}

/** Along one axis. */
function addCuts(cuts: number[], edgeM: number, p: number, d: number): void {
  if (d === 0) return;
  const [low, high] = [Math.min(p, p + d) / edgeM, Math.max(p, p + d) / edgeM];
  for (let line = Math.ceil(low); line <= high; line += 1) {
    const at = (line * edgeM - p) / d;
    if (at > 0 && at < 1) cuts.push(at);
  }
}

/** Where p + t d crosses one of the circles, rising. */
function cutsAtCircles(
  radii: readonly number[],
  px: number,
  py: number,
  dx: number,
  dy: number,
): number[] {
  const squared = dx * dx + dy * dy;
  if (squared === 0) return [];
  const nearest = -(px * dx + py * dy) / squared;
  const cross = Math.abs(px * dy - py * dx);
  const cuts: number[] = [];
  for (const radius of radii) {
    const reach = radius * Math.sqrt(squared);
    if (cross >= reach) continue;
    const half = Math.sqrt((reach - cross) * (reach + cross)) / squared;
    cuts.push(nearest - half, nearest + half);
  }
  return cuts.sort((a, b) => a - b);
}

function addStretch(stretches: Stretch[], enter: number, leave: number): void {
  const previous = stretches.at(-1);
  if (previous?.leave === enter) previous.leave = leave;
  else stretches.push({ enter, leave });
}

/** An end that is in range, on an edge itself perhaps, has a stretch, be it empty. */
function withEnds(
  stretches: Stretch[],
  propagation: Propagation,
  site: Site & { link: RadioBudget },
  { x, y, toX, toY }: { x: number; y: number; toX: number; toY: number },
): Stretch[] {
  const covers = (atX: number, atY: number) => isIn(propagation.ranges(site, atX, atY), atX, atY);
  const first = stretches[0];
  if (first?.enter !== 0 && covers(x, y)) stretches.unshift({ enter: 0, leave: 0 });
  if (stretches.at(-1)?.leave !== 1 && covers(toX, toY)) stretches.push({ enter: 1, leave: 1 });
  return stretches;
}
