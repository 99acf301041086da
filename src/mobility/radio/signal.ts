import type { TimeUs } from '../../simulation/time.ts';
import type { RangeContact } from '../coverage.ts';
import type { Presence } from '../presence.ts';
import type { RadioBudget, Site } from '../site.ts';
import { cutsAtEdges } from './path-loss.ts';
import type { Propagation } from './propagation.ts';

/** Radio of a contact, foretold from the way: plain data. */
export interface Signal {
  sinceUs: TimeUs;
  /** In turns: microseconds after `sinceUs`, and the path loss in dB then; linear in between. */
  losses: number[];
  up: SignalDirection;
  down: SignalDirection;
}

export interface SignalDirection {
  /** Sent, with the gains of both antennas. */
  powerDbm: number;
  sensitivityDbm: number;
  noiseFigureDb: number;
}

/** Steps along a way are this share of the distance to the server, and not below so much. */
const STEP = 1 / 20;
const SHORTEST_STEP_M = 0.25;
/** Just inside of a piece, where the square is not in doubt. */
const INSIDE = 1e-9;

/**
 * The path loss along one contact.
 *
 * Within a segment of the way and a square of the map it is computed at steps of a twentieth of the
 * distance to the server: straight lines in between are within 0.01 dB of 10 n log10(d) for n up to 4,
 * beyond 5 m.
 */
export function signalAlong(
  { timesUs, x, y }: Presence,
  { enterUs, leaveUs }: RangeContact,
  site: Site & { link: RadioBudget },
  propagation: Propagation,
  directions: Pick<Signal, 'up' | 'down'>,
): Signal {
  const losses: number[] = [];
  for (let i = 1; i < timesUs.length; i += 1) {
    const [beginUs, endUs] = [timesUs[i - 1]!, timesUs[i]!];
    if (endUs <= enterUs) continue;
    if (beginUs >= leaveUs) break;
    const [fromX, fromY] = [x[i - 1]! - site.xM, y[i - 1]! - site.yM];
    const [dx, dy] = [x[i]! - x[i - 1]!, y[i]! - y[i - 1]!];
    const lengthM = Math.sqrt(dx * dx + dy * dy);
    const lossAt = (at: number) => propagation.lossDb(site, fromX + at * dx, fromY + at * dy);
    const distanceAt = (at: number) => {
      const [atX, atY] = [fromX + at * dx, fromY + at * dy];
      return Math.sqrt(atX * atX + atY * atY);
    };
    const fractionOf = (timeUs: TimeUs) =>
      Math.min(1, Math.max(0, (timeUs - beginUs) / (endUs - beginUs)));
    const [first, last] = [fractionOf(enterUs), fractionOf(leaveUs)];
    const edges = cutsAtEdges(propagation.edgesM, x[i - 1]!, y[i - 1]!, dx, dy);
    const cuts = [first, ...edges.filter((at) => at > first && at < last), last];
    const push = (at: number, inside: number) => {
      losses.push(beginUs + at * (endUs - beginUs) - enterUs, lossAt(inside));
    };
    const follow = (from: number, to: number): void => {
      const stepM = (to - from) * lengthM;
      const nearestM = Math.min(distanceAt(from), distanceAt(to)) - stepM / 2;
      if (stepM > Math.max(SHORTEST_STEP_M, nearestM * STEP)) {
        const middle = (from + to) / 2;
        follow(from, middle);
        follow(middle, to);
      } else {
        push(to, to - INSIDE * (to - from));
      }
    };
    for (const [index, to] of cuts.entries()) {
      if (index === 0) continue;
      const from = cuts[index - 1]!;
      push(from, from + INSIDE * (to - from));
      follow(from, to);
    }
  }
  return { sinceUs: enterUs, losses, ...directions };
}
