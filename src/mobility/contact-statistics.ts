import type { Association, Stay } from './association/association.ts';
import { Coverage } from './coverage.ts';
import type { EntityKind } from './fcd/fcd-sink.ts';
import type { Presence } from './presence.ts';
import type { Radio } from './radio/radio.ts';
import type { Site } from './site.ts';
import type { Trace } from './trace.ts';

/** Of a list of times in seconds: the least, the three quartiles and the most. */
interface Quartiles {
  count: number;
  leastS: number;
  quarterS: number;
  medianS: number;
  threeQuartersS: number;
  mostS: number;
}

export interface ContactStatistics {
  /** How long contacts are; null without any. */
  contactS: Quartiles | null;
  /** From the end of a contact to the next one of the same entity and site. */
  interContactS: Quartiles | null;
  /** Contacts between two samples of their entity, which a look at the samples alone misses. */
  betweenSamples: number;
  /** Share of the time of all entities in range of at least one site, and of at least two. */
  coveredShare: number;
  coveredTwiceShare: number;
  /** Changes straight from one site to another, of those that ever happen; null where load decides. */
  handovers: { from: string; to: string; count: number }[] | null;
  /** Handovers back after a time of at most `pingPongS`. */
  pingPongs: number | null;
}

/** A time of an entity in range of a site. Times count from the trace's begin. */
interface ListedContact {
  entity: string;
  kind: EntityKind;
  server: string;
  enterUs: number;
  leaveUs: number;
}

/** Every contact, in order of its presence, then of its begin. */
export function* everyContact(
  trace: Trace,
  sites: readonly Site[],
  radio: Radio,
): Generator<ListedContact> {
  const coverage = new Coverage(sites, radio, trace.carriers);
  for (const presence of trace.presences) {
    const { entity, kind } = presence;
    for (const { site, enterUs, leaveUs } of coverage.contacts(presence.unpacked())) {
      yield { entity, kind, server: sites[site]!.server, enterUs, leaveUs };
    }
  }
}

/**
 * Contacts of all sites together with a trace, each of whose workers is with one of them at a time.
 * `association`: null where a run decides, by what is under way.
 */
export function contactStatistics(
  trace: Trace,
  sites: readonly Site[],
  radio: Radio,
  association: Association | null,
  pingPongS: number,
): ContactStatistics {
  const coverage = new Coverage(sites, radio, trace.carriers);
  const lengths: number[] = [];
  const pauses: number[] = [];
  const lastLeft = new Map<string, number>();
  const handovers = new Map<string, number>();
  let [betweenSamples, pingPongs, presentUs, coveredUs, twiceUs] = [0, 0, 0, 0, 0];
  for (const packed of trace.presences) {
    const presence = packed.unpacked();
    const contacts = coverage.contacts(presence);
    for (const { site, enterUs, leaveUs } of contacts) {
      lengths.push(leaveUs - enterUs);
      if (isBetweenSamples(presence, enterUs, leaveUs)) betweenSamples++;
      const pair = `${site} ${presence.entity}`;
      const left = lastLeft.get(pair);
      if (left !== undefined) pauses.push(enterUs - left);
      lastLeft.set(pair, leaveUs);
    }
    presentUs += packed.toUs - packed.fromUs;
    const [once, twice] = coveredTimes(contacts);
    coveredUs += once;
    twiceUs += twice;
    const stays =
      association?.(presence, contacts, (contact) => coverage.wayOf(presence, contact)) ?? [];
    pingPongs += countHandovers(stays, handovers, pingPongS * 1e6);
  }
  const named = [...handovers].map(([pair, count]) => {
    const [from, to] = pair.split(' ').map((site) => sites[Number(site)]!.server);
    return { from: from!, to: to!, count };
  });
  return {
    contactS: quartiles(lengths),
    interContactS: quartiles(pauses),
    betweenSamples,
    coveredShare: presentUs === 0 ? 0 : coveredUs / presentUs,
    coveredTwiceShare: presentUs === 0 ? 0 : twiceUs / presentUs,
    handovers: association && named.sort(byCount),
    pingPongs: association && pingPongs,
  };
}

type SitePair = NonNullable<ContactStatistics['handovers']>[number];

function byCount(a: SitePair, b: SitePair): number {
  return b.count - a.count || (a.from + a.to < b.from + b.to ? -1 : 1);
}

function isBetweenSamples({ timesUs }: Presence, enterUs: number, leaveUs: number): boolean {
  let [low, high] = [0, timesUs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timesUs[middle]! < enterUs) low = middle + 1;
    else high = middle;
  }
  return !(timesUs[low]! <= leaveUs);
}

/** Time in range of one or more, and of two or more. */
function coveredTimes(contacts: readonly { enterUs: number; leaveUs: number }[]): [number, number] {
  const changes = contacts.flatMap(({ enterUs, leaveUs }) => [
    { timeUs: enterUs, by: 1 },
    { timeUs: leaveUs, by: -1 },
  ]);
  changes.sort((a, b) => a.timeUs - b.timeUs);
  let [count, nowUs, once, twice] = [0, 0, 0, 0];
  for (const { timeUs, by } of changes) {
    if (count >= 1) once += timeUs - nowUs;
    if (count >= 2) twice += timeUs - nowUs;
    count += by;
    nowUs = timeUs;
  }
  return [once, twice];
}

/** Counts each pair of stays that touch. Out: how many go back soon. */
function countHandovers(
  stays: readonly Stay[],
  handovers: Map<string, number>,
  pingPongUs: number,
): number {
  let pingPongs = 0;
  const touches = (i: number) => i > 0 && stays[i - 1]!.toUs === stays[i]?.fromUs;
  for (const [i, { contact, fromUs, toUs }] of stays.entries()) {
    if (!touches(i)) continue;
    const before = stays[i - 1]!.contact.site;
    if (before === contact.site) continue;
    const pair = `${before} ${contact.site}`;
    handovers.set(pair, (handovers.get(pair) ?? 0) + 1);
    const goesBack = touches(i + 1) && stays[i + 1]!.contact.site === before;
    if (goesBack && toUs - fromUs <= pingPongUs) pingPongs++;
  }
  return pingPongs;
}

/** The value below which the share lies, without interpolation: one that is in the list. */
function quartiles(timesUs: readonly number[]): Quartiles | null {
  if (timesUs.length === 0) return null;
  const sorted = Float64Array.from(timesUs).sort();
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]! / 1e6;
  return {
    count: sorted.length,
    leastS: at(0),
    quarterS: at(0.25),
    medianS: at(0.5),
    threeQuartersS: at(0.75),
    mostS: at(1),
  };
}
