import { expect, test } from 'vitest';
import { type MobilityEvent, planMobility } from '#src/mobility/contacts.js';
import { type Signal, signalAlong } from '#src/mobility/radio/signal.js';
import type { RadioBudget, Site } from '#src/mobility/site.js';
import {
  type ChannelEvent,
  idleChannels,
  SharedChannels,
  type SharedWay,
} from '#src/network/shared-channels.js';
import { SharedLinks } from '#src/network/shared-links.js';
import { emptyQueue, nextEntry, schedule, takeNext } from '#src/simulation/event-queue.js';
import { type Town, towns, traceOf, walks } from './towns.ts';

const BANDWIDTH_MHZ = 0.01;
const EFFICIENCY = 0.6;
const end = { powerDbm: 10, sensitivityDbm: -95, noiseFigureDb: 30 };
const link = { bandwidthMbps: 1, latencyMs: 0, loss: 0, maximumRetries: 0 };

/** A message up, from its beginning to its end, or to that of its contact. */
interface Sending {
  server: string;
  signal: Signal;
  beginUs: number;
  endUs: number;
  bits: number;
  arrived: boolean;
}

/** In every contact a message of 30 kbit begins every two seconds, and shares its server's radio. */
function sent(events: readonly MobilityEvent[], { sites }: Town): Sending[] {
  const contacts = new Map(
    events.flatMap((event) => (event.type === 'enter-range' ? [[event.contact, event]] : [])),
  );
  type Event = ChannelEvent | { type: 'begin' | 'leave'; contact: number };
  const queue = emptyQueue<Event>();
  const channels = new SharedChannels(idleChannels(), {
    links: new SharedLinks({
      workerLink: { ...link, duplication: 0, corruption: 0 },
      signal: {
        bandwidthMHz: BANDWIDTH_MHZ,
        rate: { kind: 'shannon', efficiency: EFFICIENCY, capMbps: null },
        loss: null,
      },
      links: new Map(),
      channels: {
        radio: new Map(sites.map(({ server }) => [server, 'processor'])),
        backhaul: new Map(),
      },
    }),
    signalOf: ({ contact }) => contacts.get(contact!)!.signal,
    schedule: (timeUs, event) => schedule(queue, timeUs, event as Event),
  });
  for (const event of events) {
    if (event.type === 'leave-range') {
      const { contact } = event;
      schedule(queue, event.timeUs, { type: 'leave', contact }, -1);
      const { timeUs } = contacts.get(contact)!;
      for (let atUs = timeUs; atUs < event.timeUs; atUs += 2e6) {
        schedule(queue, atUs, { type: 'begin', contact });
      }
    }
  }
  const all: Sending[] = [];
  for (let next = nextEntry(queue); next !== undefined; next = nextEntry(queue)) {
    const { timeUs, event } = takeNext(queue)!;
    if (event.type === 'channel') {
      for (const { number } of channels.end(event, timeUs)) {
        Object.assign(all[number]!, { endUs: timeUs, arrived: true });
      }
      continue;
    }
    const { worker, server, signal } = contacts.get(event.contact)!;
    if (event.type === 'begin') {
      const way: SharedWay = {
        ...{ lower: worker, upper: server, direction: 'up', contact: event.contact },
      };
      channels.begin(all.length, way, 30_000 / 8, timeUs);
      const sending = { server, signal: signal!, beginUs: timeUs, endUs: timeUs, bits: 30_000 };
      all.push({ ...sending, arrived: false });
    } else {
      for (const { number } of channels.endContact(worker, server, event.contact, timeUs)) {
        all[number]!.endUs = timeUs;
      }
    }
  }
  return all;
}

/** Bits a microsecond that its sender alone would send then: Shannon's law of the foretold loss. */
function rateAt({ sinceUs, losses }: Signal, timeUs: number): number {
  let i = 2;
  while (i < losses.length - 2 && sinceUs + losses[i]! < timeUs) i += 2;
  const [fromUs, fromDb, toUs, toDb] = losses.slice(i - 2, i + 2) as [
    number,
    number,
    number,
    number,
  ];
  const part = toUs > fromUs ? (timeUs - sinceUs - fromUs) / (toUs - fromUs) : 0;
  const noiseDbm = -174 + 10 * Math.log10(BANDWIDTH_MHZ * 1e6) + end.noiseFigureDb;
  const snrDb = end.powerDbm - (fromDb + part * (toDb - fromDb)) - noiseDbm;
  return EFFICIENCY * BANDWIDTH_MHZ * Math.log2(1 + 10 ** (snrDb / 10));
}

/**
 * Bits that a message has sent by its end, when each of n at its server has an n-th of its own
 * rate.
 */
function bitsOf(one: Sending, beside: readonly Sending[]): number {
  const edges = beside
    .flatMap(({ beginUs, endUs }) => [beginUs, endUs])
    .filter((timeUs) => timeUs > one.beginUs && timeUs < one.endUs);
  const times = [...new Set([one.beginUs, ...edges, one.endUs])].sort((a, b) => a - b);
  let bits = 0;
  for (const [i, toUs] of times.entries()) {
    if (i === 0) continue;
    const fromUs = times[i - 1]!;
    const middleUs = (fromUs + toUs) / 2;
    const n = beside.filter((each) => each.beginUs < middleUs && middleUs < each.endUs).length;
    const steps = Math.ceil((toUs - fromUs) / 5000);
    const stepUs = (toUs - fromUs) / steps;
    for (let step = 0; step < steps; step += 1) {
      bits += (rateAt(one.signal, fromUs + (step + 0.5) * stepUs) * stepUs) / n;
    }
  }
  return bits;
}

const withLoss = towns.filter(([, { propagation }]) => propagation !== null);

test.each(withLoss)(
  'with the radio %s, messages that share a server have their parts of its rate',
  (_, town) => {
    const { sites, radio, propagation } = town;
    const ends = { up: end, down: end };
    const signal = (
      ...[way, contact]: Parameters<NonNullable<Parameters<typeof planMobility>[1]['signal']>>
    ) => {
      const site = sites[contact.site] as Site & { link: RadioBudget };
      return signalAlong(way, contact, site, propagation!, ends);
    };
    const map = { sites, region: null, radio, association: null, signal };
    let [shared, cut] = [0, 0];
    for (const ways of walks) {
      const { events } = planMobility(traceOf(ways), map, { mode: 'one-per-entity' });
      const all = sent(events, town);
      for (const one of all) {
        const beside = all.filter(({ server }) => server === one.server);
        const bits = bitsOf(one, beside);
        if (one.arrived) expect(Math.abs(bits / one.bits - 1)).toBeLessThan(0.002);
        else expect(bits).toBeLessThan(one.bits * 1.002);
        const others = beside.filter(
          ({ beginUs, endUs }) => beginUs < one.endUs && endUs > one.beginUs,
        );
        if (one.arrived && others.length > 1) shared += 1;
        if (!one.arrived) cut += 1;
      }
    }
    expect(shared).toBeGreaterThan(2);
    expect(cut).toBeGreaterThan(0);
  },
);
