import type { Radio, Stretch } from './radio.ts';

/** In range is who is at most `rangeM` away; the circle itself is inside. */
export const disc: Radio = {
  reachM: ({ rangeM }) => rangeM,
  covers: ({ rangeM }, x, y) => isInside(x, y, rangeM),
  isConvex: true,
  crossing: ({ rangeM }, x, y, toX, toY) => chordOf(x, y, toX, toY, rangeM),
};

/** Most segments cross no circle: these share one list. */
const NONE: readonly Stretch[] = [];

function isInside(x: number, y: number, radius: number): boolean {
  return x * x + y * y <= radius * radius;
}

/**
 * Where the segment from p to q is inside the circle around the origin: one stretch or none. Taken
 * from the nearest point and half the chord, which lose no digits to cancellation.
 */
function chordOf(px: number, py: number, qx: number, qy: number, radius: number) {
  const dx = qx - px;
  const dy = qy - py;
  const squared = dx * dx + dy * dy;
  if (squared === 0) return isInside(px, py, radius) ? [{ enter: 0, leave: 1 }] : NONE;
  const nearest = -(px * dx + py * dy) / squared;
  const reach = radius * Math.sqrt(squared);
  const cross = Math.abs(px * dy - py * dx);
  const half = cross < reach ? Math.sqrt((reach - cross) * (reach + cross)) / squared : 0;
  const isCrossed = half > 0 && nearest > 0 && nearest < 1;
  if (!isCrossed && !isInside(px, py, radius) && !isInside(qx, qy, radius)) return NONE;
  const enter = Math.min(1, Math.max(0, nearest - half));
  const leave = Math.min(1, Math.max(0, nearest + half));
  return [{ enter, leave }];
}
