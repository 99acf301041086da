import type { PackedPresence, Presence } from './presence.ts';
import type { Trace } from './trace.ts';

/** Where the entities of a trace are at a time, which counts from the trace's begin. */
interface WrittenStep {
  timeUs: number;
  rows: { presence: Presence; x: number; y: number }[];
}

/**
 * A trace in order of time: at the times of its samples, each entity at its own; or, every `periodUs`,
 * all of them, in between where they are on their way then. Vehicles come first, then persons.
 */
export function* traceSteps(
  { presences, spanUs }: Trace,
  periodUs: number | null,
): Generator<WrittenStep> {
  let active: { presence: Presence; at: number }[] = [];
  let next = 0;
  for (const timeUs of periodUs === null ? sampleTimes(presences) : multiples(periodUs, spanUs)) {
    while (next < presences.length && presences[next]!.fromUs <= timeUs) {
      active.push({ presence: presences[next++]!.unpacked(), at: 0 });
    }
    const rows: WrittenStep['rows'] = [];
    const seen = new Set<string>();
    for (const one of active) {
      const { presence } = one;
      const { timesUs } = presence;
      while (one.at + 1 < timesUs.length && timesUs[one.at + 1]! <= timeUs) one.at++;
      const isThere =
        timesUs[one.at] === timeUs || (periodUs !== null && one.at + 1 < timesUs.length);
      // One presence may end when the next begins.
      if (!isThere || seen.has(presence.entity)) continue;
      seen.add(presence.entity);
      rows.push({ presence, ...placeAt(presence, one.at, timeUs) });
    }
    active = active.filter(({ presence, at }) => at + 1 < presence.timesUs.length);
    rows.sort((a, b) => ORDER[a.presence.kind] - ORDER[b.presence.kind]);
    yield { timeUs, rows };
  }
}

const ORDER = { car: 0, pedestrian: 1, container: 2 };

function sampleTimes(presences: readonly PackedPresence[]): number[] {
  const times = new Set<number>();
  for (const presence of presences)
    for (const timeUs of presence.unpacked().timesUs) times.add(timeUs);
  return [...times].sort((a, b) => a - b);
}

function* multiples(periodUs: number, spanUs: number): Generator<number> {
  for (let step = 0; step * periodUs < spanUs; step++) yield step * periodUs;
}

function placeAt(
  { timesUs, x, y }: Presence,
  at: number,
  timeUs: number,
): { x: number; y: number } {
  if (timesUs[at] === timeUs) return { x: x[at]!, y: y[at]! };
  const gone = (timeUs - timesUs[at]!) / (timesUs[at + 1]! - timesUs[at]!);
  return { x: x[at]! + gone * (x[at + 1]! - x[at]!), y: y[at]! + gone * (y[at + 1]! - y[at]!) };
}
