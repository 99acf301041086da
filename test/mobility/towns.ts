import fc from 'fast-check';
import type { Presence } from '#src/mobility/presence.js';
import { disc } from '#src/mobility/radio/disc.js';
import { radioModels } from '#src/mobility/radio/models/index.js';
import { radioOf } from '#src/mobility/radio/path-loss.js';
import { Propagation } from '#src/mobility/radio/propagation.js';
import type { Radio } from '#src/mobility/radio/radio.js';
import { byDistance, type Strength } from '#src/mobility/radio/strength.js';
import type { RadioBudget, Site } from '#src/mobility/site.js';
import type { Trace } from '#src/mobility/trace.js';
import type { RadioModel } from '#src/rules/index.js';
import { packed } from './ways.ts';

/** Three servers within one radio. */
export interface Town {
  sites: Site[];
  radio: Radio;
  strength: Strength;
  /** Null: a disc. */
  propagation: Propagation | null;
}

const PLACES = [
  [0, 0],
  [140, 30],
  [60, -110],
] as const;
const REACH_M = 110;

function discTown(): Town {
  const sites = PLACES.map(([xM, yM], i) => ({ server: `s${i}`, xM, yM, rangeM: REACH_M }));
  return { sites, radio: disc, strength: byDistance, propagation: null };
}

/** Servers whose loss ends their range at about the same distance; shadowing moves it. */
function townOf(rule: RadioModel, given: object, isShadowed: boolean): Town {
  const options = rule.options?.parse(given) ?? {};
  const shadowing = isShadowed ? { deviationDb: 4, correlationM: 60 } : null;
  const propagation = new Propagation({
    ...{ model: { rule, options }, frequencyGHz: 5.9, seed: 3 },
    shadowing,
  });
  const heights = { serverHeightM: 10, workerHeightM: 1.5 };
  const path = { distanceM: REACH_M, frequencyGHz: 5.9, ...heights };
  const drawn = rule.places ? rule.places.draw(path, 0, options as never) : options;
  const link: RadioBudget = { ...heights, maximumLossDb: rule.lossDb(path, drawn as never) };
  const rangeM = propagation.reachM(link);
  const sites = PLACES.map(([xM, yM], i): Site => ({ server: `s${i}`, xM, yM, rangeM, link }));
  const strengthDb: Strength['strengthDb'] = (site, _kind, x, y) =>
    -propagation.lossDb(site as Site & { link: RadioBudget }, x, y);
  const strength = { edgesM: propagation.edgesM, strengthDb };
  return { sites, radio: radioOf(propagation, sites), strength, propagation };
}

const given: Record<string, object> = {
  'log-distance': { exponent: 2.7 },
  'umi-street-canyon': { sight: 'drawn', placeM: 50 },
  expression: { lossDb: 'd < 40 ? 80 + d : (d < 80 ? 160 - d : 0.9 * d + 8)' },
};
/** Each model, with and without shadowing. */
export const towns: [string, Town][] = [
  ['range', discTown()],
  ...radioModels.flatMap((rule): [string, Town][] =>
    [false, true].map((isShadowed) => [
      `${rule.name}${isShadowed ? ' with shadowing' : ''}`,
      townOf(rule, given[rule.name] ?? {}, isShadowed),
    ]),
  ),
];

const place = fc.tuple(fc.integer({ min: -150, max: 260 }), fc.integer({ min: -240, max: 150 }));
/** Ways of five that cross the town. */
export const walks = fc.sample(
  fc.array(fc.array(place, { minLength: 3, maxLength: 6 }), { minLength: 5, maxLength: 5 }),
  { numRuns: 2, seed: 5 },
);

export function traceOf(ways: readonly (readonly [number, number])[][]): Trace {
  const presences = ways.map(
    (points, i): Presence => ({
      ...{ entity: `w${i}`, kind: 'car' },
      timesUs: Float64Array.from(points, (_, k) => (7 * k + i) * 1e6),
      x: Float64Array.from(points, ([x]) => x),
      y: Float64Array.from(points, ([, y]) => y),
    }),
  );
  return { presences: packed(presences), spanUs: 60e6 } as unknown as Trace;
}
