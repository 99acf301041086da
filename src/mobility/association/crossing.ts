import type { TimeUs } from '../../simulation/time.ts';
import { cutsAtEdges } from '../radio/path-loss.ts';
import { type SampledWay, segmentAt } from '../sampled-way.ts';

/** Something that goes straight at one speed, in metres and microseconds, until a time. */
interface Course {
  x: number;
  y: number;
  velocityX: number;
  velocityY: number;
  untilUs: TimeUs;
}

/** Steps of a search are this share of the distance to the nearest server, and not below so much. */
const STEP = 1 / 20;
const SHORTEST_STEP_M = 0.25;

/** Where the way is at that time, and how it goes on; it ends a moment before its last sample's time. */
export function courseAt({ timesUs, x, y }: SampledWay, timeUs: TimeUs): Course {
  const segment = segmentAt(timesUs, timeUs);
  const beginUs = timesUs[segment]!;
  const untilUs = timesUs[segment + 1]!;
  const velocityX = (x[segment + 1]! - x[segment]!) / (untilUs - beginUs);
  const velocityY = (y[segment + 1]! - y[segment]!) / (untilUs - beginUs);
  const sinceUs = timeUs - beginUs;
  const at = { x: x[segment]! + velocityX * sinceUs, y: y[segment]! + velocityY * sinceUs };
  return { ...at, velocityX, velocityY, untilUs };
}

/**
 * The times at which a search looks, rising from `fromUs`, that one excluded, to `untilUs`: those
 * just before and just after an edge of a square, and in between steps short against `nearestM`.
 * `ways`: those past each site; edges are those that the first one crosses.
 */
export function* searchTimes(
  ways: readonly SampledWay[],
  edgesM: readonly number[],
  nearestM: (timeUs: TimeUs) => number,
  fromUs: TimeUs,
  untilUs: TimeUs,
): Generator<TimeUs> {
  for (let nowUs = fromUs; nowUs < untilUs; ) {
    const courses = ways.map((way) => courseAt(way, nowUs));
    const endUs = courses.reduce((least, course) => Math.min(least, course.untilUs), untilUs);
    const speeds = courses.map(({ velocityX: x, velocityY: y }) => Math.sqrt(x * x + y * y));
    const fastest = Math.max(...speeds);
    for (const stopUs of [...edgeTimes(courses[0]!, edgesM, nowUs, endUs), endUs]) {
      while (nowUs < stopUs && nowUs < endUs) {
        const stepM = Math.max(SHORTEST_STEP_M, STEP * nearestM(nowUs));
        const stepUs = fastest === 0 ? endUs : Math.max(1, Math.floor(stepM / fastest));
        nowUs = Math.min(nowUs + stepUs, stopUs, endUs);
        yield nowUs;
      }
    }
    nowUs = endUs;
  }
}

/** Just before and just after each edge of a square that is crossed until then. */
function edgeTimes(
  course: Course,
  edgesM: readonly number[],
  nowUs: TimeUs,
  endUs: TimeUs,
): TimeUs[] {
  const lengthUs = endUs - nowUs;
  const [dx, dy] = [course.velocityX * lengthUs, course.velocityY * lengthUs];
  const edges = cutsAtEdges(edgesM, course.x, course.y, dx, dy).slice(1, -1);
  return edges.flatMap((at) => {
    const beforeUs = Math.floor(nowUs + at * lengthUs);
    return [beforeUs, beforeUs + 1];
  });
}

/** The first microsecond after one in which it does not hold, up to another in which it does. */
export function firstWhere(
  holds: (timeUs: TimeUs) => boolean,
  lowUs: TimeUs,
  highUs: TimeUs,
): TimeUs {
  let [low, high] = [lowUs, highUs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
