import { square } from '../elementary.ts';
import type { Bounds } from './bounds.ts';
import { Coverage } from './coverage.ts';
import { ENTITY_KINDS, type EntityKind } from './fcd/fcd-sink.ts';
import type { Presence } from './presence.ts';
import type { Radio } from './radio/radio.ts';
import type { Site } from './site.ts';
import type { Trace } from './trace.ts';
import { Counts } from './tracks.ts';

export interface TraceStatistics {
  beginS: number;
  /** From the first timestep to the last. */
  durationS: number;
  /** The most frequent time between two samples of an entity; null where there are straight ways instead. */
  periodS: number | null;
  steps: number;
  samples: number;
  /** Different ids; an entity that leaves and comes back counts once. */
  entities: number;
  entitiesByKind: Record<EntityKind, number>;
  presences: number;
  /** Presences that ended at a gap or a jump, with the entity coming back. */
  cuts: Trace['cuts'];
  /** How many entities each vType has; without those of unknown type. */
  entitiesByType: Record<string, number>;
  atOnce: { mean: number; max: number };
  bounds: Bounds;
}

export interface SiteStatistics extends Site {
  contacts: number;
  /** Different entities that ever were in range. */
  entities: number;
  meanInRange: number;
  maxInRange: number;
  /** 0 when there is no contact. */
  medianContactS: number;
  longestContactS: number;
  /** Share of the duration with no worker in range. */
  emptyShare: number;
  /** How near anyone came to a site without a contact; null for one with any. */
  nearestM: number | null;
}

/** Statistics of a trace for `scenario inspect`. Means are over its duration. */
export function inspectTrace(trace: Trace): TraceStatistics {
  const ids: Record<EntityKind, Set<string>> = {
    car: new Set(),
    pedestrian: new Set(),
    container: new Set(),
  };
  for (const { kind, entity } of trace.presences) ids[kind].add(entity);
  const counts = ENTITY_KINDS.map((kind) => [kind, ids[kind].size] as const);
  const durationUs = durationOf(trace);
  const stays = trace.presences.map(({ fromUs, toUs }): Visit => ({ fromUs, toUs }));
  const { mean, max } = atOnce(stays, durationUs);
  return {
    beginS: trace.beginUs / 1e6,
    durationS: durationUs / 1e6,
    periodS: samplePeriodS(trace),
    steps: trace.steps,
    samples: trace.samples,
    entities: counts.reduce((sum, [, count]) => sum + count, 0),
    entitiesByKind: Object.fromEntries(counts) as Record<EntityKind, number>,
    presences: trace.presences.length,
    cuts: trace.cuts,
    entitiesByType: entitiesByType(trace),
    atOnce: { mean, max },
    bounds: trace.bounds,
  };
}

/** Statistics of every site over a trace, in the order of the sites. */
export function inspectSites(trace: Trace, sites: readonly Site[], radio: Radio): SiteStatistics[] {
  if (sites.length === 0) return [];
  const durationUs = durationOf(trace);
  const coverage = new Coverage(sites, radio, trace.carriers);
  const seen = sites.map(() => ({ stays: [] as Visit[], entities: new Set<string>() }));
  for (const presence of trace.presences) {
    for (const { site, enterUs, leaveUs } of coverage.contacts(presence.unpacked())) {
      seen[site]!.stays.push({ fromUs: enterUs, toUs: leaveUs });
      seen[site]!.entities.add(presence.entity);
    }
  }
  const empty = [...sites.keys()].filter((index) => seen[index]!.stays.length === 0);
  const nearestM = nearestTo(empty, trace, coverage);
  return sites.map((site, index) => {
    const { stays, entities } = seen[index]!;
    const { mean, max, emptyUs } = atOnce(stays, durationUs);
    return {
      ...site,
      contacts: stays.length,
      entities: entities.size,
      meanInRange: mean,
      maxInRange: max,
      longestContactS:
        stays.reduce((most, stay) => Math.max(most, stay.toUs - stay.fromUs), 0) / 1e6,
      medianContactS: median(stays.map(({ fromUs, toUs }) => toUs - fromUs)) / 1e6,
      emptyShare: emptyUs / durationUs,
      nearestM: nearestM.get(index) ?? null,
    };
  });
}

function samplePeriodS({ isContinuous, presences }: Trace): number | null {
  if (isContinuous) return null;
  const counts = new Counts();
  for (const presence of presences) {
    const { timesUs } = presence.unpacked();
    for (let i = 1; i < timesUs.length; i++) counts.add(timesUs[i]! - timesUs[i - 1]!);
  }
  const period = counts.mostFrequent();
  return period === undefined ? null : period.value / 1e6;
}

function entitiesByType({ presences }: Trace): Record<string, number> {
  const ids = new Map<string, Set<string>>();
  for (const { type, entity } of presences) {
    if (type === undefined) continue;
    const known = ids.get(type) ?? new Set();
    ids.set(type, known.add(entity));
  }
  const counts = [...ids].map(([type, { size }]) => [type, size] as const);
  return Object.fromEntries(counts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Visit {
  fromUs: number;
  toUs: number;
}

/** To the last timestep, or to the end of an entity that was seen only then. */
function durationOf(trace: Trace): number {
  let lastUs = trace.spanUs - trace.periodUs;
  for (const { toUs } of trace.presences) lastUs = Math.max(lastUs, toUs);
  return lastUs;
}

/** How many intervals hold at once; at one instant ends come before beginnings. */
function atOnce(intervals: readonly Visit[], durationUs: number) {
  const changes = intervals.flatMap(({ fromUs, toUs }) => [
    { timeUs: fromUs, by: 1 },
    { timeUs: toUs, by: -1 },
  ]);
  changes.sort((a, b) => a.timeUs - b.timeUs || a.by - b.by);
  let count = 0;
  let max = 0;
  let sumUs = 0;
  let emptyUs = 0;
  let nowUs = 0;
  for (const { timeUs, by } of changes) {
    sumUs += count * (timeUs - nowUs);
    if (count === 0) emptyUs += timeUs - nowUs;
    count += by;
    max = Math.max(max, count);
    nowUs = timeUs;
  }
  return { mean: sumUs / durationUs, max, emptyUs: emptyUs + durationUs - nowUs };
}

function median(values: number[]): number {
  if (values.length === 0) return 0;
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}

/** By site: its least distance to any way, between samples too; infinite without one. */
function nearestTo(
  indices: readonly number[],
  { presences }: Trace,
  coverage: Coverage,
): Map<number, number> {
  const nearest = new Map(indices.map((index) => [index, Number.POSITIVE_INFINITY]));
  if (indices.length === 0) return nearest;
  for (const packed of presences) {
    const presence = packed.unpacked();
    for (const index of indices) {
      for (const way of coverage.waysTo(presence, index)) {
        const { xM, yM } = coverage.sites[index]!;
        nearest.set(index, Math.min(nearest.get(index)!, distanceM(way, xM, yM)));
      }
    }
  }
  return nearest;
}

function distanceM({ x, y }: Presence, xM: number, yM: number): number {
  let squared = Number.POSITIVE_INFINITY;
  for (let i = 1; i < x.length; i++) {
    const px = x[i - 1]! - xM;
    const py = y[i - 1]! - yM;
    const dx = x[i]! - x[i - 1]!;
    const dy = y[i]! - y[i - 1]!;
    const length = dx * dx + dy * dy;
    const t = length > 0 ? Math.min(1, Math.max(0, -(px * dx + py * dy) / length)) : 0;
    squared = Math.min(squared, square(px + t * dx) + square(py + t * dy));
  }
  return Math.sqrt(squared);
}
