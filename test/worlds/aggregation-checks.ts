import { expect } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { type Line, only } from './only.ts';

type Ended = Line<'gradient-ended'> | Line<'result-ended'>;

/**
 * Checks the facts of an aggregation about its vectors against their ends, found by the result that
 * they name, in whatever order the lines are: in a live journal aggregations overlap.
 */
export function checkInside(lines: readonly SimulatedLine[]): void {
  const aggregations = new Map(only(lines, 'aggregated').map((line) => [line.result, line]));
  const inside = endsByResult(lines);
  expect([...inside.keys()].sort()).toEqual([...aggregations.keys()].sort());
  const said = [...aggregations.values()].map((line) => {
    const { result, server, vectors, byzantine, empty, staleness, seen, nonFinite } = line;
    const arrived = seen!.honest + seen!.byzantine + nonFinite! + empty!;
    return [result, server, vectors, arrived, byzantine, empty, staleness.maximum];
  });
  const counted = [...aggregations.keys()].map((result) => {
    const ends = inside.get(result)!;
    const receivers = ends.map((end) => (end.type === 'gradient-ended' ? end.server : end.parent));
    const isByzantine = ends.filter(({ byzantine }) => byzantine).length;
    const empty = ends.filter((end) => {
      return end.type === 'result-ended' && aggregations.get(end.result)!.skipped;
    }).length;
    const stalest = Math.max(...ends.map(({ staleness }) => staleness!));
    return [result, ...new Set(receivers), ends.length, ends.length, isByzantine, empty, stalest];
  });
  expect(said).toEqual(counted);
  checkGradients(lines, inside);
}

/** Every update counts the gradients in all results that the cloud has aggregated. */
function checkGradients(
  lines: readonly SimulatedLine[],
  inside: ReadonlyMap<number, readonly Ended[]>,
): void {
  const gradientsIn = (result: number): number =>
    inside.get(result)!.reduce((sum, end) => {
      return sum + (end.type === 'gradient-ended' ? 1 : gradientsIn(end.result));
    }, 0);
  const ofCloud = only(lines, 'aggregated').filter(({ layer }) => layer === 'cloud');
  const byRound = new Map(ofCloud.map(({ round, result }) => [round, result]));
  let gradients = 0;
  const counted = only(lines, 'updated').map(({ round }) => {
    gradients += gradientsIn(byRound.get(round)!);
    return gradients;
  });
  expect(only(lines, 'updated').map((line) => line.gradients)).toEqual(counted);
}

/** Fails where an aggregated end names no result, or another one does. */
function endsByResult(lines: readonly SimulatedLine[]): Map<number, Ended[]> {
  const inside = new Map<number, Ended[]>();
  const ends = [...only(lines, 'gradient-ended'), ...only(lines, 'result-ended')];
  const wrong = ends.filter(
    (end) => (end.inResult === undefined) === (end.outcome === 'aggregated'),
  );
  expect(wrong).toEqual([]);
  for (const end of ends) {
    if (end.inResult === undefined) continue;
    const others = inside.get(end.inResult);
    if (others) others.push(end);
    else inside.set(end.inResult, [end]);
  }
  return inside;
}
