import { expect, it } from 'vitest';
import { scenarioOf } from '#src/config/scenario.js';
import { workersOf } from '#src/config/workers.js';
import { planMobility } from '#src/mobility/contacts.js';
import { load, validConfig } from '../config/config-in-folder.ts';

const POWER = ['mobility.radio.model=log-distance', 'mobility.radio.server.powerDbm=-6'];
const RANGES = ['servers.left.rangeM=60', 'servers.right.rangeM=90'];

/** Waits two seconds in range before it joins: time in range without a server. */
const WAITING = 'mobility.association=docs/examples/longest-contact.ts';

it.each([
  ['nearest', RANGES],
  ['sticky', RANGES],
  ['minimum-stay', RANGES],
  ['strongest', POWER],
  ['a3', POWER],
  ['of a file', RANGES],
])(
  '%s: with a server, in range without one and out of range are all the time on the map',
  async (policy, others) => {
    const association =
      policy === 'of a file'
        ? WAITING.replace('docs', `${process.cwd()}/docs`)
        : `mobility.association=${policy}`;
    const { config } = await load(validConfig, [
      ...['mobility.workers.mode=one-per-entity', association],
      ...others,
    ]);
    const { trace, ...map } = await scenarioOf(config);
    const { events } = planMobility(trace, map, workersOf(config));
    const since = new Map<string, number>();
    const near = new Map<string, Set<string>>();
    const servers = new Map<string, string>();
    const spent = { served: 0, unserved: 0, outOfRange: 0 };
    let present = 0;
    for (const event of events) {
      const { worker, timeUs } = event;
      const contacts = near.get(worker) ?? new Set();
      near.set(worker, contacts);
      const sinceUs = since.get(worker);
      if (sinceUs !== undefined) {
        const server = servers.get(worker);
        // At one instant a contact ends before its association does.
        if (timeUs > sinceUs && server !== undefined) expect(contacts).toContain(server);
        const state =
          server !== undefined ? 'served' : contacts.size > 0 ? 'unserved' : 'outOfRange';
        spent[state] += timeUs - sinceUs;
        since.set(worker, timeUs);
      }
      if (event.type === 'enter-map') since.set(worker, timeUs);
      if (event.type === 'leave-map') since.delete(worker);
      if (event.type === 'enter-range') contacts.add(event.server);
      if (event.type === 'leave-range') contacts.delete(event.server);
      if (event.type !== 'associate') continue;
      if (event.server === null) servers.delete(worker);
      else servers.set(worker, event.server);
    }
    for (const { fromUs, toUs } of trace.presences) present += toUs - fromUs;
    expect(since.size + servers.size).toBe(0);
    expect(spent.served + spent.unserved + spent.outOfRange).toBe(present);
    expect(spent.served).toBeGreaterThan(0);
    expect(spent.outOfRange).toBeGreaterThan(0);
    // Only the one that waits leaves a worker in range without a server.
    expect(spent.unserved > 0).toBe(policy === 'of a file');
  },
);
