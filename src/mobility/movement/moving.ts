import { InputError } from '../../errors.ts';
import type { MovementModel, Waypoint } from '../../rules/contract/movement-model.ts';
import { askedOf, type Chosen, named } from '../../rules/running/chosen.ts';
import { openStream } from '../../simulation/random.ts';
import { secondsToUs, type TimeUs } from '../../simulation/time.ts';
import { growBounds, noBounds } from '../bounds.ts';
import type { EntityKind } from '../fcd/fcd-sink.ts';
import { byStart, PackedPresence } from '../presence.ts';
import type { SampledWay } from '../sampled-way.ts';
import type { Trace } from '../trace.ts';

/** The entities that a model moves, and for how long. */
interface MovingEntities {
  count: number;
  kind: EntityKind;
  durationS: number;
}

/** Of one entity: years of streets. Without a limit a model could fill all memory. */
const MOST_WAYPOINTS = 1_000_000;

/**
 * The trace that a model makes of a seed. Entities are called `car-001` and so on; each has a stream of
 * its own, so that more of them leave the ways of the others as they are. The trace is played again
 * a microsecond after its end. Throws InputError for a way that is none, of a user's own model, and for one of more
 * than a million waypoints.
 */
export function movingBy(
  model: Chosen<MovementModel>,
  { count, kind, durationS }: MovingEntities,
  seed: number,
): Trace {
  const width = String(count).length;
  const endUs = secondsToUs(durationS);
  const presences: PackedPresence[] = [];
  const bounds = noBounds();
  for (let index = 0; index < count; index++) {
    const entity = `${kind}-${String(index + 1).padStart(width, '0')}`;
    const random = openStream(seed, `movement/${index}`);
    const way = askedOf('movement model', model, () =>
      firstOf(model.rule.way({ index, durationS, random }, model.options), MOST_WAYPOINTS + 1),
    );
    if (way.length > MOST_WAYPOINTS) {
      throw new InputError({
        found: `${named('movement model', model)} gave ${entity} more than ${MOST_WAYPOINTS} waypoints in ${durationS} s`,
        advice: ['expected a shorter time (mobility.entities.durationS), or longer or slower ways'],
      });
    }
    const samples = samplesOf(way, endUs, named('movement model', model));
    presences.push(PackedPresence.of({ entity, kind, ...samples }));
    growBounds(bounds, samples);
  }
  presences.sort(byStart);
  return {
    file: model.rule.name,
    files: [],
    beginUs: 0,
    spanUs: endUs + 1,
    periodUs: 1,
    steps: 0,
    isContinuous: true,
    samples: presences.reduce((sum, presence) => sum + presence.samples, 0),
    presences,
    bounds,
    cuts: { gaps: 0, jumps: 0 },
    remarks: [],
  };
}

function firstOf(way: Iterable<Waypoint>, most: number): Waypoint[] {
  const first: Waypoint[] = [];
  for (const waypoint of way) {
    if (first.push(waypoint) === most) break;
  }
  return first;
}

function samplesOf(way: readonly Waypoint[], endUs: TimeUs, model: string): SampledWay {
  const samples: [timeUs: TimeUs, x: number, y: number][] = [];
  for (const { timeS, xM, yM } of way) {
    const timeUs = secondsToUs(timeS);
    const last = samples.at(-1);
    if (![timeUs, xM, yM].every(Number.isFinite) || timeUs < (last?.[0] ?? 0)) {
      const found = `${model} gave a waypoint at ${timeS} s, x ${xM}, y ${yM}`;
      throw new InputError({
        found,
        advice: ['expected finite numbers, and times that do not fall'],
      });
    }
    if (last !== undefined && last[0] >= endUs) break;
    // Two places within a microsecond are one.
    if (last?.[0] !== timeUs) samples.push([timeUs, xM, yM]);
  }
  const [before, last] = samples.slice(-2);
  if (before === undefined || last === undefined || before[0] >= endUs) {
    throw new InputError({ found: `${model} gave a way without two waypoints in its time` });
  }
  if (last[0] > endUs) {
    const gone = (endUs - before[0]) / (last[0] - before[0]);
    const [x, y] = [1, 2].map((axis) => before[axis]! + gone * (last[axis]! - before[axis]!));
    samples[samples.length - 1] = [endUs, x!, y!];
  }
  return {
    timesUs: Float64Array.from(samples, ([timeUs]) => timeUs),
    x: Float64Array.from(samples, ([, x]) => x),
    y: Float64Array.from(samples, ([, , y]) => y),
  };
}
