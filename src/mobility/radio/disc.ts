import type { Radio, Stretch } from './radio.ts';

/** Entities at most `rangeM` away are in range; the circle itself is inside. */
export const disc: Radio = {
  reachM: ({ rangeM }) => rangeM,
  covers: ({ rangeM }, x, y) => isInside(x, y, rangeM),
  isConvex: true,
  crossing: ({ rangeM }, x, y, toX, toY) => {
    const { isCrossed, ...stretch } = chordOf(x, y, toX - x, toY - y, rangeM);
    return isCrossed || isInside(x, y, rangeM) || isInside(toX, toY, rangeM) ? [stretch] : [];
  },
};

function isInside(x: number, y: number, radius: number): boolean {
  return x * x + y * y <= radius * radius;
}

interface Chord extends Stretch {
  /** Whether the segment is inside somewhere between its ends. */
  isCrossed: boolean;
}

/**
 * Where p + t d, 0 <= t <= 1, is inside the circle around the origin: between `enter` and `leave`.
 * Taken from the nearest point and half the chord, which lose no digits to cancellation.
 */
function chordOf(px: number, py: number, dx: number, dy: number, radius: number): Chord {
  const squared = dx * dx + dy * dy;
  if (squared === 0) return { isCrossed: false, enter: 0, leave: 1 };
  const nearest = -(px * dx + py * dy) / squared;
  const reach = radius * Math.sqrt(squared);
  const cross = Math.abs(px * dy - py * dx);
  const half = cross < reach ? Math.sqrt((reach - cross) * (reach + cross)) / squared : 0;
  return {
    isCrossed: half > 0 && nearest > 0 && nearest < 1,
    enter: Math.min(1, Math.max(0, nearest - half)),
    leave: Math.min(1, Math.max(0, nearest + half)),
  };
}
