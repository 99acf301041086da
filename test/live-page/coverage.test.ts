import { expect, it } from 'vitest';
import { coverageAround } from '#src/live-page/server/coverage.js';

const site = { xM: 1000, yM: 500, rangeM: 360 };

/** The level of the cell at a place; null where there is none. */
function levelAt({ bands, cellM }: ReturnType<typeof coverageAround>, x: number, y: number) {
  const band = bands.find(
    ({ fromXM, toXM, yM }) => x > fromXM && x < toXM && y > yM && y < yM + cellM,
  );
  return band?.level ?? null;
}

it('has a level for every 6 dB, and nothing where a site is not received', () => {
  // 20 dB at the site, 1 dB less for every 18 m: 14 dB at 108 m, none from 360 m on.
  const coverage = coverageAround(site, (x, y) => 20 - Math.hypot(x, y) / 18);
  expect(coverage.cellM).toBe(10);
  expect(levelAt(coverage, 1103, 503)).toBe(2);
  expect(levelAt(coverage, 1003, 500 - 197)).toBe(1);
  expect(levelAt(coverage, 1000 - 297, 503)).toBe(0);
  expect(levelAt(coverage, 1000 + 300, 500 + 300)).toBeNull();
});

it('follows what shades one side', () => {
  const coverage = coverageAround(site, (x) => (x < 0 ? 1 : -1));
  expect(levelAt(coverage, 995, 505)).toBe(0);
  expect(levelAt(coverage, 1005, 505)).toBeNull();
  // Cells beside each other are one band: one for each of the 72 rows.
  expect(coverage.bands).toHaveLength(72);
});
