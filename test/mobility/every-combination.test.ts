import { describe, expect, test } from 'vitest';
import type { Association } from '#src/mobility/association/association.js';
import { ByLoad, type LoadState } from '#src/mobility/association/by-load.js';
import { decidedBy } from '#src/mobility/association/deciding.js';
import { nearest } from '#src/mobility/association/nearest.js';
import { associationPolicies } from '#src/mobility/association/policies/index.js';
import { type MobilityEvent, planMobility } from '#src/mobility/contacts.js';
import { limitWorkers, type WorkerLimit } from '#src/mobility/worker-limit.js';
import type { LoadPolicy } from '#src/rules/contract/association-policy.js';
import type { AssociationPolicy } from '#src/rules/index.js';
import { type Town, towns, traceOf, walks } from './towns.ts';

const planned = associationPolicies.filter((rule) => !('byLoad' in rule)) as AssociationPolicy[];
const policies: [string, (town: Town) => Association][] = [
  ['nearest', ({ sites }) => nearest(sites)],
  ...planned.map((rule): [string, (town: Town) => Association] => [
    rule.name,
    ({ sites, strength }) =>
      decidedBy({ rule, options: rule.options?.parse({}) ?? {} }, sites, strength),
  ]),
];

const byLoad = associationPolicies.filter((rule) => 'byLoad' in rule) as LoadPolicy[];

const limits: [string, WorkerLimit | null][] = [
  ['no limit', null],
  ['one worker, others wait', { maximumWorkers: 1, whenFull: 'queue' }],
  ['two workers, others refused', { maximumWorkers: 2, whenFull: 'refuse' }],
];

/** The movements with the servers that a policy by load decides, instant by instant, as a world plays them. */
function decidedByLoad(movements: readonly MobilityEvent[], rule: LoadPolicy): MobilityEvent[] {
  const state: LoadState = new Map();
  const deciding = new ByLoad({ rule, options: {} }, state);
  const instants = new Map<number, MobilityEvent[]>();
  for (const movement of movements) {
    const { timeUs } = movement;
    instants.set(timeUs, [...(instants.get(timeUs) ?? []), movement]);
  }
  return [...instants.values()].flatMap((instant) => deciding.decide(instant));
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

/** Ends of instants at which a worker could change to a server with two workers fewer than its own. */
function unevenIn(events: readonly MobilityEvent[]): string[] {
  const near = new Map<string, Set<string>>();
  const serverOf = new Map<string, string | null>();
  const uneven: string[] = [];
  for (const [i, event] of events.entries()) {
    const { worker } = event;
    const servers = near.get(worker) ?? new Set();
    near.set(worker, servers);
    if (event.type === 'enter-range') servers.add(event.server);
    if (event.type === 'leave-range') servers.delete(event.server);
    if (event.type === 'associate') serverOf.set(worker, event.server);
    if (events[i + 1]?.timeUs === event.timeUs) continue;
    const load = (server: string) => [...serverOf.values()].filter((own) => own === server).length;
    for (const [one, own] of serverOf) {
      if (own === null) continue;
      const others = [...near.get(one)!].filter((server) => load(server) <= load(own) - 2);
      uneven.push(...others.map((server) => `${one} ${own}>${server} at ${event.timeUs}`));
    }
  }
  return uneven;
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

  test.each(byLoad)(
    'and the servers decided by $name, contacts and workers hold together',
    (rule) => {
      const { sites, radio } = town;
      for (const ways of walks) {
        const map = { sites, region: null, radio, association: null, signal: null };
        const { events, contacts } = planMobility(traceOf(ways), map, { mode: 'one-per-entity' });
        expect(events.some(({ type }) => type === 'associate')).toBe(false);
        const decided = decidedByLoad(events, rule);
        expect(played(decided, null)).toEqual({ wrong: [], contacts });
        // None could change to a server with two workers fewer than its own.
        expect(unevenIn(decided)).toEqual([]);
      }
    },
  );
});
