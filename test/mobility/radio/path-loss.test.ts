import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Coverage } from '#src/mobility/coverage.js';
import type { Presence } from '#src/mobility/presence.js';
import { disc } from '#src/mobility/radio/disc.js';
import expression from '#src/mobility/radio/models/expression.js';
import freeSpace from '#src/mobility/radio/models/free-space.js';
import umi from '#src/mobility/radio/models/umi-street-canyon.js';
import { pathLoss, radioOf } from '#src/mobility/radio/path-loss.js';
import { Propagation } from '#src/mobility/radio/propagation.js';
import { Shadowing } from '#src/mobility/radio/shadowing.js';
import { type Site, seenBy } from '#src/mobility/site.js';

type PropagationSettings = ConstructorParameters<typeof Propagation>[0];
type Given = { rule: unknown; options: unknown };

function propagationOf(model: Given, others: Partial<PropagationSettings> = {}): Propagation {
  const chosen = model as PropagationSettings['model'];
  return new Propagation({ model: chosen, frequencyGHz: 5.9, shadowing: null, seed: 7, ...others });
}

function siteOf(propagation: Propagation, maximumLossDb: number): Site {
  const link = { maximumLossDb, serverHeightM: 10, workerHeightM: 1.5 };
  return { server: 's', xM: 13, yM: -7, rangeM: propagation.reachM(link), link };
}

function presence(points: readonly (readonly [number, number])[]): Presence {
  return {
    entity: 'a',
    kind: 'car',
    timesUs: Float64Array.from(points, (_, i) => i * 10_000_000),
    x: Float64Array.from(points, ([x]) => x),
    y: Float64Array.from(points, ([, y]) => y),
  };
}

/** Checks at many times that a contact is there when the loss is within the budget. */
function expectContacts(propagation: Propagation, site: Site, way: Presence) {
  const contacts = new Coverage([site], pathLoss(propagation)).contacts(way);
  const linked = site as Parameters<Propagation['lossDb']>[0];
  const { timesUs, x, y } = way;
  for (let i = 1; i < x.length; i += 1) {
    for (let k = 0; k < 200; k += 1) {
      const part = (k + 0.5) / 200;
      const atX = x[i - 1]! + part * (x[i]! - x[i - 1]!) - site.xM;
      const atY = y[i - 1]! + part * (y[i]! - y[i - 1]!) - site.yM;
      const marginDb = linked.link.maximumLossDb - propagation.lossDb(linked, atX, atY);
      // A step beside an edge of a square may be on either side of it.
      const isAtEdge = propagation.edgesM.some((edgeM) =>
        [site.xM + atX, site.yM + atY].some(
          (at) => Math.abs(at / edgeM - Math.round(at / edgeM)) < 1e-6,
        ),
      );
      if (Math.abs(marginDb) < 1e-6 || isAtEdge) continue;
      const nowUs = timesUs[i - 1]! + part * 10_000_000;
      const isIn = contacts.some(({ enterUs, leaveUs }) => enterUs <= nowUs && nowUs < leaveUs);
      expect([nowUs, isIn]).toEqual([nowUs, marginDb > 0]);
    }
  }
  return contacts;
}

const walk = fc.array(
  fc.tuple(fc.integer({ min: -150, max: 150 }), fc.integer({ min: -150, max: 150 })),
  {
    minLength: 2,
    maxLength: 5,
  },
);

describe('contacts by path loss', () => {
  it('are those of a disc where the loss rises with distance', () => {
    const propagation = propagationOf({ rule: freeSpace, options: {} });
    const site = siteOf(propagation, 80);
    expect(radioOf(propagation, [site])).toBe(disc);
    fc.assert(
      fc.property(walk, (points) => {
        const way = presence(points);
        const rings = new Coverage([site], pathLoss(propagation)).contacts(way);
        expect(rings).toEqual(new Coverage([site], disc).contacts(way));
      }),
    );
  });

  it('have gaps where a loss does not rise all the way', () => {
    // In range up to 20 m and from 40 to 50 m.
    const lossDb = 'd < 30 ? 60 + d : (d < 45 ? 120 - d : 30 + d)';
    const propagation = propagationOf({ rule: expression, options: { lossDb } });
    const site = siteOf(propagation, 80);
    const edges = propagation.ranges(site as never, 0, 0).map((edge) => Number(edge.toFixed(9)));
    expect(edges).toEqual([0, 20, 40, 50]);
    expect(radioOf(propagation, [site])).not.toBe(disc);
    const way = presence([
      [13 - 60, -7],
      [13 + 60, -7],
    ]);
    // 12 m/s.
    const seconds = new Coverage([site], pathLoss(propagation))
      .contacts(way)
      .map(({ enterUs, leaveUs }) => [enterUs, leaveUs].map((us) => Math.round((us / 1e6) * 12)));
    expect(seconds).toEqual([
      [10, 20],
      [40, 80],
      [100, 110],
    ]);
    fc.assert(
      fc.property(walk, (points) => void expectContacts(propagation, site, presence(points))),
      { numRuns: 20 },
    );
  });

  it('hold in each place by its own draw of a line of sight, and by its shadowing', () => {
    const options = { sight: 'drawn', placeM: 50 };
    const shadowing = { deviationDb: 4, correlationM: 50 };
    const propagation = propagationOf({ rule: umi, options }, { shadowing });
    const site = siteOf(propagation, 95);
    let contacts = 0;
    fc.assert(
      fc.property(walk, (points) => {
        contacts += expectContacts(propagation, site, presence(points)).length;
      }),
      { numRuns: 20 },
    );
    expect(contacts).toBeGreaterThan(0);
  });

  it('are refused where the range has no end', () => {
    const propagation = propagationOf({ rule: freeSpace, options: {} });
    expect(() => siteOf(propagation, 300)).toThrow(/further than 20 km/);
    const broken = propagationOf({ rule: { ...freeSpace, lossDb: () => Number.NaN }, options: {} });
    expect(() => siteOf(broken, 80)).toThrow(/the loss at 1 m is NaN/);
  });

  it('may differ between kinds of entities', () => {
    const site: Site = {
      server: 's',
      xM: 0,
      yM: 0,
      rangeM: 50,
      byKind: { pedestrian: { rangeM: 10 } },
    };
    const way = presence([
      [-100, 0],
      [100, 0],
    ]);
    const spans = (['car', 'pedestrian'] as const).map((kind) =>
      new Coverage([site], disc)
        .contacts({ ...way, kind })
        .map(({ enterUs, leaveUs }) => leaveUs - enterUs),
    );
    // 20 m/s over 100 m and 20 m.
    expect(spans).toEqual([[5_000_000], [1_000_000]]);
    expect(seenBy(site, 'car').rangeM).toBe(50);
  });
});

describe('shadowing', () => {
  it('is normal with the deviation that was asked for, and alike where places are near', () => {
    const field = new Shadowing({ deviationDb: 4, correlationM: 40 }, 3);
    const side = 120;
    const values = (dx: number) =>
      Array.from({ length: side * side }, (_, i) =>
        field.lossDb('s', (i % side) + dx, Math.floor(i / side)),
      );
    const here = values(0);
    const mean = here.reduce((sum, value) => sum + value, 0) / here.length;
    const deviation = Math.sqrt(here.reduce((sum, value) => sum + value * value, 0) / here.length);
    // About 900 independent corners: three standard errors.
    expect(Math.abs(mean)).toBeLessThan(0.8);
    expect(Math.abs(deviation - 4)).toBeLessThan(0.5);
    const correlation = (dx: number) =>
      values(dx).reduce((sum, value, i) => sum + value * here[i]!, 0) /
      here.length /
      deviation ** 2;
    expect(correlation(1)).toBeGreaterThan(0.7);
    // Two correlation distances: no corner in common.
    expect(Math.abs(correlation(8))).toBeLessThan(0.2);
    expect(field.lossDb('s', 5, 9)).toBe(
      new Shadowing({ deviationDb: 4, correlationM: 40 }, 3).lossDb('s', 5, 9),
    );
    expect(field.lossDb('s', 5, 9)).not.toBe(field.lossDb('t', 5, 9));
  });
});
