import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Association } from '#src/mobility/association/association.js';
import { decidedBy } from '#src/mobility/association/deciding.js';
import { nearest } from '#src/mobility/association/nearest.js';
import { associationPolicies } from '#src/mobility/association/policies/index.js';
import { type MobilityEvent, planMobility } from '#src/mobility/contacts.js';
import type { Presence } from '#src/mobility/presence.js';
import { disc } from '#src/mobility/radio/disc.js';
import { radioModels } from '#src/mobility/radio/models/index.js';
import { radioOf } from '#src/mobility/radio/path-loss.js';
import { Propagation } from '#src/mobility/radio/propagation.js';
import type { Radio } from '#src/mobility/radio/radio.js';
import { byDistance, type Strength } from '#src/mobility/radio/strength.js';
import type { RadioBudget, Site } from '#src/mobility/site.js';
import type { Trace } from '#src/mobility/trace.js';
import { limitWorkers, type WorkerLimit } from '#src/mobility/worker-limit.js';
import type { AssociationPolicy, RadioModel } from '#src/rules/index.js';
import { packed } from './ways.ts';

interface Town {
  sites: Site[];
  radio: Radio;
  strength: Strength;
}

const PLACES = [
  [0, 0],
  [140, 30],
  [60, -110],
] as const;
const REACH_M = 110;

function discTown(): Town {
  const sites = PLACES.map(([xM, yM], i) => ({ server: `s${i}`, xM, yM, rangeM: REACH_M }));
  return { sites, radio: disc, strength: byDistance };
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
  return { sites, radio: radioOf(propagation, sites), strength };
}

const given: Record<string, object> = {
  'log-distance': { exponent: 2.7 },
  'umi-street-canyon': { sight: 'drawn', placeM: 50 },
  expression: { lossDb: 'd < 40 ? 80 + d : (d < 80 ? 160 - d : 0.9 * d + 8)' },
};
const towns: [string, Town][] = [
  ['range', discTown()],
  ...radioModels.flatMap((rule): [string, Town][] =>
    [false, true].map((isShadowed) => [
      `${rule.name}${isShadowed ? ' with shadowing' : ''}`,
      townOf(rule, given[rule.name] ?? {}, isShadowed),
    ]),
  ),
];

const planned = associationPolicies.filter((rule) => !('byLoad' in rule)) as AssociationPolicy[];
const policies: [string, (town: Town) => Association][] = [
  ['nearest', ({ sites }) => nearest(sites)],
  ...planned.map((rule): [string, (town: Town) => Association] => [
    rule.name,
    ({ sites, strength }) =>
      decidedBy({ rule, options: rule.options?.parse({}) ?? {} }, sites, strength),
  ]),
];

const limits: [string, WorkerLimit | null][] = [
  ['no limit', null],
  ['one worker, others wait', { maximumWorkers: 1, whenFull: 'queue' }],
  ['two workers, others refused', { maximumWorkers: 2, whenFull: 'refuse' }],
];

const place = fc.tuple(fc.integer({ min: -150, max: 260 }), fc.integer({ min: -240, max: 150 }));
const walks = fc.sample(
  fc.array(fc.array(place, { minLength: 3, maxLength: 6 }), { minLength: 5, maxLength: 5 }),
  { numRuns: 2, seed: 5 },
);

function traceOf(ways: readonly (readonly [number, number])[][]): Trace {
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

/** Plays movements. Out: what does not hold at the end of an instant, and how many contacts there were. */
function played(events: readonly MobilityEvent[], limit: WorkerLimit | null) {
  const wrong: string[] = [];
  const onMap = new Set<string>();
  const contacts = new Map<number, { worker: string; server: string }>();
  const ended = new Set<number>();
  const withServer = new Map<string, { server: string; contact: number }>();
  const without = new Set<string>();
  for (const [i, event] of events.entries()) {
    const { worker } = event;
    if (event.type === 'enter-map') onMap.add(worker);
    if (event.type === 'leave-map') onMap.delete(worker);
    if (event.type === 'enter-range') contacts.set(event.contact, event);
    if (event.type === 'leave-range') {
      if (!contacts.delete(event.contact)) wrong.push(`contact ${event.contact} ends twice`);
      ended.add(event.contact);
    }
    if (event.type === 'worker-queued' || event.type === 'worker-refused') without.add(worker);
    if (event.type === 'associate') {
      without.delete(worker);
      if (event.server === null) withServer.delete(worker);
      else withServer.set(worker, event as { server: string; contact: number });
    }
    if (events[i + 1]?.timeUs === event.timeUs) continue;
    const inRange = new Set([...contacts.values()].map((contact) => contact.worker));
    for (const one of inRange) {
      const isAnswered = withServer.has(one) || (limit !== null && without.has(one));
      if (!onMap.has(one)) wrong.push(`${one} is in range off the map at ${event.timeUs}`);
      if (!isAnswered) wrong.push(`${one} in range has no server at ${event.timeUs}`);
    }
    const served = new Map<string, number>();
    for (const [one, { server, contact }] of withServer) {
      served.set(server, (served.get(server) ?? 0) + 1);
      const found = contacts.get(contact);
      const isItsOwn = found?.worker === one && found.server === server;
      if (!isItsOwn) wrong.push(`${one} is with ${server} out of range at ${event.timeUs}`);
    }
    const most = Math.max(0, ...served.values());
    if (limit && most > limit.maximumWorkers) wrong.push(`${most} workers at ${event.timeUs}`);
  }
  const left = onMap.size + contacts.size + withServer.size;
  if (left > 0) wrong.push(`${left} are there at the end`);
  return { wrong, contacts: ended.size };
}

describe.each(towns)('with the radio %s', (_, town) => {
  test.each(policies)('and the association %s, contacts and workers hold together', (_, policy) => {
    const association = policy(town);
    const { sites, radio } = town;
    for (const ways of walks) {
      const map = { sites, region: null, radio, association, signal: null };
      const { events, contacts } = planMobility(traceOf(ways), map, { mode: 'one-per-entity' });
      expect(contacts).toBeGreaterThan(0);
      for (const [, limit] of limits) {
        const all = new Map(limit === null ? [] : sites.map(({ server }) => [server, limit]));
        expect(played(limitWorkers(events, all), limit)).toEqual({ wrong: [], contacts });
      }
    }
  });
});
