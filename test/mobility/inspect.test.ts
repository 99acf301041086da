import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestSites, gridOver } from '#src/mobility/best-sites.js';
import { inspectSites, inspectTrace } from '#src/mobility/inspect.js';
import { readNetwork } from '#src/mobility/network.js';
import { disc } from '#src/mobility/radio/disc.js';
import { loadTrace } from '#src/mobility/trace.js';
import { fcd, file } from './files.ts';
import { waysOf } from './ways.ts';

const BOSTON = 'sumo-scenarios/boston-common';

describe('the crossing', async () => {
  const trace = await loadTrace('sumo-scenarios/crossing/trace.fcd.xml');

  test('as a whole', () => {
    expect(inspectTrace(trace)).toMatchObject({
      beginS: 0,
      durationS: 25,
      periodS: 1,
      steps: 26,
      entities: 6,
      entitiesByKind: { car: 5, pedestrian: 1, container: 0 },
      // `gap` is in three parts, `jump` in three.
      presences: 10,
    });
  });

  test('per site, against the table in its README', () => {
    const sites = [
      { server: 'left', xM: 200, yM: 100, rangeM: 50 },
      { server: 'right', xM: 280, yM: 100, rangeM: 50 },
      { server: 'nowhere', xM: 200, yM: 5000, rangeM: 50 },
    ];
    const [left, right, nowhere] = inspectSites(trace, sites, disc);
    // left: 0.5, 1, 2.5, 8, 10, 25 s; someone (the bystander) is always there.
    expect(left).toMatchObject({ server: 'left', contacts: 6, entities: 4, meanInRange: 1.88 });
    expect(left).toMatchObject({ medianContactS: 5.25, emptyShare: 0, nearestM: null });
    // right: 3.5, 3.5, 10, 18 s; none until 1.5, from 5 to 5.5 and after 23.5 s.
    expect(right).toMatchObject({ contacts: 4, entities: 3, meanInRange: 1.4, maxInRange: 3 });
    expect(right).toMatchObject({ medianContactS: 6.75, emptyShare: 3.5 / 25 });
    expect(nowhere).toMatchObject({
      contacts: 0,
      meanInRange: 0,
      medianContactS: 0,
      emptyShare: 1,
    });
    expect(nowhere!.nearestM).toBeGreaterThan(4000);
  });
});

describe('Boston Common', async () => {
  const trace = await loadTrace(`${BOSTON}/trace.fcd.xml.gz`);

  test('as a whole', () => {
    const statistics = inspectTrace(trace);
    expect(statistics.durationS).toBe(3600);
    expect(statistics.atOnce.mean).toBeGreaterThan(90);
    expect(statistics.atOnce.mean).toBeLessThan(110);
    expect(statistics.presences).toBe(statistics.entities);
  });

  test('has three best sites, each adding less than the one before', async () => {
    const { junctions } = await readNetwork(`${BOSTON}/network.net.xml`);
    const best = bestSites(trace, junctions, 3, 50, disc);
    expect(best).toHaveLength(3);
    expect(best[0]!.addedS).toBeGreaterThanOrEqual(best[1]!.addedS);
    expect(best[1]!.addedS).toBeGreaterThanOrEqual(best[2]!.addedS);
    const sites = best.map(({ id, xM, yM }) => ({ server: id, xM, yM, rangeM: 50 }));
    // The first adds all it has: its mean in range times the hour.
    const [first] = inspectSites(trace, sites, disc);
    expect(first!.meanInRange * 3600).toBeCloseTo(best[0]!.addedS, 3);
  });
});

describe('the best sites', async () => {
  // Stands at 0 for 3 s, at 10 for 2 s, at 20 for 2 s (jumping between them).
  const steps = [0, 0, 0, 0, 10, 10, 10, 20, 20, 20].map(
    (x, k) => `<timestep time="${k}"><vehicle id="a" x="${x * 100}" y="0"/></timestep>`,
  );
  const trace = await loadTrace(file(fcd(steps.join('\n'))));
  const at = (id: string, x: number) => ({ id, xM: x * 100, yM: 0 });

  test('are those that add most; ties go to the lower id; nothing added, not chosen', () => {
    const candidates = [at('far', 99), at('two', 20), at('one', 10), at('zero', 0), at('again', 0)];
    expect(bestSites(trace, candidates, 9, 50, disc)).toMatchObject([
      { ...at('again', 0), addedS: 3 },
      { ...at('one', 10), addedS: 2 },
      { ...at('two', 20), addedS: 2 },
    ]);
    expect(bestSites(trace, candidates, 2, 50, disc)).toHaveLength(2);
    expect(bestSites(trace, candidates, 1, 1000, disc)).toMatchObject([
      { ...at('one', 10), addedS: 7 },
    ]);
  });

  test('are not looked for on a grid that one stray entity makes endless', () => {
    const bounds = (maxXM: number) => ({ minXM: 0, minYM: 0, maxXM, maxYM: 100 });
    expect(gridOver(bounds(100), 25, 'a.csv')).toHaveLength(25);
    expect(() => gridOver(bounds(1e9), 25, 'a.csv')).toThrow(
      /^a\.csv: .*too wide to look for sites/,
    );
    expect(() => gridOver({ ...bounds(1e300), minXM: 1e300 }, 25, 'a.csv')).toThrow('too wide');
  });

  test('add up to the time in which anyone is in range of any, each worker counted once', async () => {
    const walk = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })),
      {
        minLength: 2,
        maxLength: 12,
      },
    );
    const places = fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(walk, walk, places, async (one, two, list) => {
        const row = (id: string, place?: [number, number]) =>
          place ? `<person id="${id}" x="${place[0]}" y="${place[1]}"/>` : '';
        const length = Math.max(one.length, two.length);
        const text = Array.from(
          { length },
          (_, k) => `<timestep time="${k}">${row('one', one[k])}${row('two', two[k])}</timestep>`,
        );
        const walked = await loadTrace(file(fcd(text.join('\n'))), { maximumSpeedMps: 1000 });
        const candidates = list.map(([xM, yM], i) => ({ id: `c${i}`, xM, yM }));
        const best = bestSites(walked, candidates, list.length, 15, disc);
        // Counted by a stepper of 10 ms.
        let inRangeS = 0;
        for (const { timesUs, x, y } of waysOf(walked)) {
          for (let timeUs = 5000; timeUs < timesUs.at(-1)!; timeUs += 10_000) {
            const i = Math.floor(timeUs / 1e6);
            const t = timeUs / 1e6 - i;
            const px = x[i]! + t * (x[i + 1]! - x[i]!);
            const py = y[i]! + t * (y[i + 1]! - y[i]!);
            if (list.some(([cx, cy]) => Math.hypot(px - cx, py - cy) <= 15)) inRangeS += 0.01;
          }
        }
        const addedS = best.reduce((sum, site) => sum + site.addedS, 0);
        expect(Math.abs(addedS - inRangeS)).toBeLessThan(0.5);
      }),
      { numRuns: 50 },
    );
  });
});
