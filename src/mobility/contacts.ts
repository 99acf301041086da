import type { TimeUs } from '../simulation/time.ts';
import type { Association } from './association/association.ts';
import { Coverage, type RangeContact } from './coverage.ts';
import type { EntityKind } from './fcd/fcd-sink.ts';
import { type Lease, leaseWorkers, type Workers } from './leases.ts';
import type { Presence } from './presence.ts';
import { disc } from './radio/disc.ts';
import type { Radio } from './radio/radio.ts';
import type { Signal } from './radio/signal.ts';
import type { Site } from './site.ts';
import type { Trace } from './trace.ts';

export type { Workers } from './leases.ts';
export type { Site } from './site.ts';

/** A circle on the map that is no server's range; its edge is inside. */
type MapCircle = Omit<Site, 'server'>;

/** Events of movement in a run, as plain records. Times count from the trace's begin. */
export type MobilityEvent =
  | {
      timeUs: TimeUs;
      type: 'enter-map' | 'leave-map';
      worker: string;
      entity: string;
      kind: EntityKind;
    }
  | {
      timeUs: TimeUs;
      type: 'enter-range';
      worker: string;
      server: string;
      /** Unique over all repetitions, rising with the time of entering. */
      contact: number;
      /** Where the radio's model foretells it. */
      signal?: Signal | undefined;
    }
  | { timeUs: TimeUs; type: 'leave-range'; worker: string; server: string; contact: number }
  | { timeUs: TimeUs; type: 'enter-region' | 'leave-region'; worker: string }
  /** Its association's server is full: it waits for a place there, or is refused. */
  | { timeUs: TimeUs; type: 'worker-queued' | 'worker-refused'; worker: string; server: string }
  | {
      /** The worker is with another of the servers in range now, or (null) with none any more. */
      timeUs: TimeUs;
      type: 'associate';
      worker: string;
      server: string | null;
      contact: number | null;
    };

/** Sites and regions on the way of workers, and the rules for their contacts and associations. */
export interface MobilityMap {
  sites: readonly Site[];
  /** Null: no event enters or leaves a region. */
  region: MapCircle | null;
  radio: Radio;
  /** Null: none is planned, as it is decided while the run goes on. */
  association: Association | null;
  /** Forecast of a contact's radio; null where nothing depends on it. */
  signal: ((presence: Presence, contact: RangeContact) => Signal) | null;
}

/** The events of one repetition of a trace; the others are the same, later. */
export interface MobilityPlan {
  events: readonly MobilityEvent[];
  contacts: number;
  spanUs: TimeUs;
}

/**
 * Everything that happens to the workers in the first repetition of the trace, in order of time. At one instant: leave-range, leave-region, associate null, leave-map, enter-map,
 * enter-range, enter-region, associate a server; within each by worker id, then server id. So a handover is leave-range
 * (when the old circle ends there), enter-range, associate: one associate, straight to the new
 * server.
 *
 * Repetition k is shifted by k spans; a span is one period longer than the last timestep, so all
 * workers have left before the next repetition begins, and no contact crosses the seam. Leases
 * start again with each repetition.
 *
 * Cost: O(samples + contacts log contacts).
 */
export function planMobility(
  trace: Trace,
  { sites, region, radio, association, signal }: MobilityMap,
  workers: Workers,
): MobilityPlan {
  const coverage = new Coverage(sites, radio, trace.carriers);
  const regions = new Coverage(region === null ? [] : [{ server: '', ...region }], disc);
  const events: MobilityEvent[] = [];
  let contacts = 0;
  for (const lease of leaseWorkers(trace.presences, workers)) {
    const presence = lease.presence.unpacked();
    contacts += addLease(events, lease, presence, coverage, { association, signal }, contacts);
    addCrossings(events, lease, regions.contacts(presence));
  }
  events.sort(byTimeAndRank);
  renumberContacts(events, contacts);
  return { events, contacts, spanUs: trace.spanUs };
}

/** Movements in order of time, made as they are asked for; an array is one, too. */
export interface MovementList {
  readonly length: number;
  at(index: number): MobilityEvent | undefined;
}

/** The events of repetition k, not copied from those of the first: later times, contacts numbered on. */
export function repetitionOf(plan: MobilityPlan, repetition: number): MovementList {
  const laterUs = repetition * plan.spanUs;
  const more = repetition * plan.contacts;
  return {
    length: plan.events.length,
    at(index) {
      const event = plan.events[index];
      if (event === undefined) return undefined;
      const timeUs = event.timeUs + laterUs;
      if (!('contact' in event) || event.contact === null) return { ...event, timeUs };
      const later = { ...event, timeUs, contact: event.contact + more };
      if (later.type !== 'enter-range' || later.signal === undefined) return later;
      return { ...later, signal: { ...later.signal, sinceUs: later.signal.sinceUs + laterUs } };
    },
  };
}

/** Adds what one worker meets while it stands for one entity. Out: how many contacts. */
function addLease(
  events: MobilityEvent[],
  { worker, fromUs, toUs }: Lease,
  presence: Presence,
  coverage: Coverage,
  { association, signal }: Pick<MobilityMap, 'association' | 'signal'>,
  firstContact: number,
): number {
  const { entity, kind } = presence;
  const { sites } = coverage;
  events.push({ timeUs: fromUs, type: 'enter-map', worker, entity, kind });
  events.push({ timeUs: toUs, type: 'leave-map', worker, entity, kind });
  const contacts = contactsFrom(fromUs, coverage.contacts(presence));
  const wayOf = (contact: RangeContact) => coverage.wayOf(presence, contact);
  const numbers = new Map(contacts.map((contact, i) => [contact, firstContact + i]));
  for (const contact of contacts) {
    const named = { worker, server: sites[contact.site]!.server, contact: numbers.get(contact)! };
    const ofContact = signal === null ? {} : { signal: signal(wayOf(contact), contact) };
    events.push({ timeUs: contact.enterUs, type: 'enter-range', ...named, ...ofContact });
    events.push({ timeUs: contact.leaveUs, type: 'leave-range', ...named });
  }
  const stays = association?.(presence, contacts, wayOf) ?? [];
  for (const [i, { contact, fromUs: timeUs, toUs }] of stays.entries()) {
    const server = sites[contact.site]!.server;
    const type = 'associate';
    events.push({ timeUs, type, worker, server, contact: numbers.get(contact)! });
    if (stays[i + 1]?.fromUs !== toUs) {
      events.push({ timeUs: toUs, type, worker, server: null, contact: null });
    }
  }
  return contacts.length;
}

/** When one worker is inside the region while it stands for one entity. */
function addCrossings(
  events: MobilityEvent[],
  { worker, fromUs }: Lease,
  inRegion: readonly RangeContact[],
): void {
  for (const { enterUs, leaveUs } of contactsFrom(fromUs, inRegion)) {
    events.push({ timeUs: enterUs, type: 'enter-region', worker });
    events.push({ timeUs: leaveUs, type: 'leave-region', worker });
  }
}

/** The rest of contacts for a worker that begins to stand for the entity then. */
function contactsFrom(fromUs: TimeUs, contacts: readonly RangeContact[]): RangeContact[] {
  return contacts
    .filter(({ leaveUs }) => leaveUs > fromUs)
    .map((contact) => ({ ...contact, enterUs: Math.max(contact.enterUs, fromUs) }))
    .sort((a, b) => a.enterUs - b.enterUs);
}

function rankOf(event: MobilityEvent): number {
  switch (event.type) {
    case 'leave-range':
      return 0;
    case 'leave-region':
      return 1;
    case 'leave-map':
      return 3;
    case 'enter-map':
      return 4;
    case 'enter-range':
      return 5;
    case 'enter-region':
      return 6;
    // Found when all is in order.
    case 'worker-queued':
    case 'worker-refused':
      return 8;
    case 'associate':
      return event.server === null ? 2 : 7;
  }
}

function byTimeAndRank(a: MobilityEvent, b: MobilityEvent): number {
  return (
    a.timeUs - b.timeUs ||
    rankOf(a) - rankOf(b) ||
    byText(a.worker, b.worker) ||
    byText(serverOf(a), serverOf(b))
  );
}

function serverOf(event: MobilityEvent): string {
  return ('server' in event && event.server) || '';
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Numbers the contacts in the order in which they begin. */
function renumberContacts(events: readonly MobilityEvent[], contacts: number): void {
  // A Map would end at 2^24 of them.
  const numbers = new Float64Array(contacts);
  let next = 0;
  for (const event of events) {
    if (event.type === 'enter-range') numbers[event.contact] = next++;
  }
  for (const event of events) {
    if ('contact' in event && event.contact !== null) event.contact = numbers[event.contact]!;
  }
}
