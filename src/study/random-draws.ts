import { pow } from '../elementary.ts';
import { openStream, type RandomStream } from '../simulation/random.ts';
import { type Level, valueLevel } from './factor-levels.ts';
import type { Study } from './study-schema.ts';

type Random = NonNullable<Study['random']>;

/** Significant digits of a drawn number, so that folders have names to read. */
const DIGITS = 4;

/**
 * One row a draw, with a level of each factor. Each factor has a stream of its own: more draws, or
 * another factor, leave the earlier draws as they are.
 */
export function drawnRows({ draws, seed, of }: Random, factors: readonly string[]): Level[][] {
  const columns = Object.entries(of).map(([factor, range]) => {
    const stream = openStream(seed, `study/draws/${factor}`);
    const origin = ['random', 'of', factor];
    return Array.from({ length: draws }, () =>
      valueLevel(factor, drawn(range, stream), factors, origin),
    );
  });
  return Array.from({ length: draws }, (_, draw) => columns.map((column) => column[draw]!));
}

function drawn(range: Random['of'][string], stream: RandomStream): unknown {
  if ('choice' in range) return range.choice[stream.integer(range.choice.length)];
  if ('integer' in range) {
    const [least, most] = range.integer;
    return least + stream.integer(most - least + 1);
  }
  const isLog = 'logUniform' in range;
  const [from, to] = isLog ? range.logUniform : range.uniform;
  const at = stream.float();
  const value = isLog ? from * pow(to / from, at) : from + at * (to - from);
  return Math.min(to, Math.max(from, Number(value.toPrecision(DIGITS))));
}
