import { describe, expect, test } from 'vitest';
import mimic from '#attacks/mimic.js';
import type { PlainData } from '#src/rules/index.js';
import { testAttack } from '../conformance/attack-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';
import { forge } from './forge.ts';

testAttack(mimic, {
  examples: [
    {
      own: [
        [7, 7],
        [8, 8],
      ],
      honest: [
        [1, -2],
        [5, 5],
      ],
      forged: [
        [1, -2],
        [1, -2],
      ],
    },
  ],
});

/** Vectors that it sends at each aggregation of one server, one Byzantine sender each. */
function sent(warmup: number, aggregations: Float32Array[][]): Float32Array[] {
  let state: PlainData = null;
  const random = stream('attack');
  return aggregations.map((honest) => {
    const forgery = forge(mimic, [vector(9, 9)], { warmup }, { honest, random, state });
    state = forgery.state ?? null;
    return forgery.vectors[0]!;
  });
}

describe('after its warmup', () => {
  const along = [vector(1, 0), vector(-1, 0)];
  const later = [vector(1, 9), vector(5, 0), vector(-6, 0)];

  test('it copies the vector farthest out in the direction it has learned', () => {
    expect(sent(1, [along, later])).toEqual([vector(1, 0), vector(-6, 0)]);
  });

  test('it learns no more', () => {
    const across = [vector(0, 50), vector(0, -50)];
    expect(sent(1, [along, across, across, later]).at(-1)).toEqual(vector(-6, 0));
  });

  test('what came first has not been forgotten: directions are averaged', () => {
    // Two steps along (1, 0) and one along (0, 1), by Oja's rule: the first is the longer part.
    const across = [vector(0, 50), vector(0, -50)];
    const probe = [vector(0, 10), vector(10, 0)];
    expect(sent(3, [along, along, across, probe]).at(-1)).toEqual(vector(10, 0));
  });
});

test('during its warmup, and without one, it copies the first', () => {
  const honest = [vector(1, 0), vector(9, 0)];
  expect(sent(3, [honest, honest, honest])).toEqual([honest[0], honest[0], honest[0]]);
  expect(sent(0, [honest, honest])).toEqual([honest[0], honest[0]]);
});

test('equal honest vectors teach it nothing and break nothing', () => {
  const equal = [vector(2, 2), vector(2, 2)];
  expect(sent(2, [equal, equal, equal])).toEqual([equal[0], equal[0], equal[0]]);
});
