import type { TimeUs } from '../../simulation/time.ts';
import type { Presence } from '../presence.ts';
import type { Area } from './area.ts';

/** A time that an entity is in one region: from `fromUs` on and before `toUs`; never empty. */
export interface RegionVisit {
  /** Index into the regions. */
  region: number;
  fromUs: TimeUs;
  toUs: TimeUs;
}

/**
 * Which region an entity is in, and exactly when: on each segment between two samples the borders say
 * where it changes. Where areas overlap the first one counts; where there is none there is no visit.
 *
 * Times are rounded to whole microseconds at the end. Cost O(samples x areas).
 */
export function visitsOf({ timesUs, x, y }: Presence, areas: readonly Area[]): RegionVisit[] {
  const visits: RegionVisit[] = [];
  for (let i = 1; i < timesUs.length; i++) {
    const [fromX, fromY, toX, toY] = [x[i - 1]!, y[i - 1]!, x[i]!, y[i]!];
    const startUs = timesUs[i - 1]!;
    const lengthUs = timesUs[i]! - startUs;
    for (const [from, to] of pieces(areas, fromX, fromY, toX, toY)) {
      const middle = (from + to) / 2;
      const [atX, atY] = [fromX + middle * (toX - fromX), fromY + middle * (toY - fromY)];
      const region = areas.findIndex((area) => area.contains(atX, atY));
      if (region === -1) continue;
      const fromUs = Math.round(startUs + from * lengthUs);
      addVisit(visits, { region, fromUs, toUs: Math.round(startUs + to * lengthUs) });
    }
  }
  return visits;
}

/** The parts of a segment between which it may change from one region to another. */
function pieces(
  areas: readonly Area[],
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
): (readonly [number, number])[] {
  if (fromX === toX && fromY === toY) return [[0, 1]];
  const cuts: number[] = [];
  for (const area of areas) {
    for (const cut of area.crossings(fromX, fromY, toX, toY)) {
      if (cut > 0 && cut < 1) cuts.push(cut);
    }
  }
  if (cuts.length === 0) return [[0, 1]];
  cuts.sort((a, b) => a - b);
  return [...cuts, 1].flatMap((to, i) => {
    const from = i === 0 ? 0 : cuts[i - 1]!;
    return from < to ? [[from, to] as const] : [];
  });
}

function addVisit(visits: RegionVisit[], visit: RegionVisit): void {
  if (visit.fromUs >= visit.toUs) return;
  const last = visits.at(-1);
  if (last?.region === visit.region && last.toUs === visit.fromUs) last.toUs = visit.toUs;
  else visits.push(visit);
}
