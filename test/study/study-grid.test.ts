import { expect, test } from 'vitest';
import { combinationsOf } from '#src/study/study-grid.js';
import { studySchema } from '#src/study/study-schema.js';

const gridOf = (study: object) =>
  combinationsOf(studySchema.parse({ name: 'mine', base: 'base.yaml', ...study }));

const arms = (study: object) => gridOf(study).combinations.map(({ arm }) => arm);

const values = (study: object, path: string) =>
  gridOf(study).combinations.map(
    ({ changes }) => changes.find((change) => change.path === path)?.value,
  );

const RULES = { mean: {}, krum: { 'layers.edge.aggregate.rule': 'krum' } };

test('factors that are zipped advance together, at each level of the grid', () => {
  const study = {
    grid: { rule: RULES },
    zip: { 'servers.left.rangeM': [40, 60], 'servers.right.rangeM': [50, 70] },
  };
  // The last part of both paths is the same: titles have one part more.
  expect(arms(study)).toEqual([
    'mean, left.rangeM 40, right.rangeM 50',
    'mean, left.rangeM 60, right.rangeM 70',
    'krum, left.rangeM 40, right.rangeM 50',
    'krum, left.rangeM 60, right.rangeM 70',
  ]);
  expect(gridOf(study).combinations[1]!.levels).toEqual({
    rule: 'mean',
    'servers.left.rangeM': '60',
    'servers.right.rangeM': '70',
  });
});

test('a factor applies only where another has a level, and the rest is one arm', () => {
  const study = {
    grid: { rule: RULES, f: [0, 1], f2: [7, 8] },
    when: { f: { rule: 'krum' }, f2: { f: [1] } },
  };
  expect(arms(study)).toEqual(['mean', 'krum, f 0', 'krum, f 1, f2 7', 'krum, f 1, f2 8']);
  expect(gridOf(study).combinations[0]!.levels).toEqual({ rule: 'mean', f: '-', f2: '-' });
});

test('combinations that fit an exception are left out, and listed with the reason', () => {
  const study = {
    grid: { rule: RULES, f: [0, 1, 2] },
    except: [{ where: { rule: 'krum', f: [1, 2] }, because: 'too few workers' }],
  };
  expect(arms(study)).toEqual(['mean, f 0', 'mean, f 1', 'mean, f 2', 'krum, f 0']);
  expect(gridOf(study).leftOut).toEqual([
    { arm: 'krum, f 1', because: 'too few workers' },
    { arm: 'krum, f 2', because: 'too few workers' },
  ]);
});

test('draws lie in their ranges, and more draws or factors leave the first ones as they are', () => {
  const of = {
    rate: { logUniform: [0.001, 1] },
    deadline: { uniform: [10, 20] },
    size: { integer: [1, 3] },
    rule: { choice: ['a', 'b'] },
  };
  const draws = (count: number, more = {}) => ({
    random: { draws: count, of: { ...of, ...more } },
  });
  const rates = values(draws(200), 'rate') as number[];
  expect(rates.every((rate) => rate >= 0.001 && rate <= 1)).toBe(true);
  // Half of them lie below the geometric mean of the bounds: 100 +- 4 standard deviations of 7.1.
  const low = rates.filter((rate) => rate < Math.sqrt(0.001)).length;
  expect(Math.abs(low - 100)).toBeLessThan(29);
  const deadlines = values(draws(200), 'deadline') as number[];
  expect(Math.min(...deadlines)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...deadlines)).toBeLessThanOrEqual(20);
  expect(new Set(values(draws(200), 'size'))).toEqual(new Set([1, 2, 3]));
  expect(new Set(values(draws(200), 'rule'))).toEqual(new Set(['a', 'b']));
  expect(values(draws(5, { other: { uniform: [0, 1] } }), 'rate')).toEqual(rates.slice(0, 5));
  expect(values({ random: { draws: 5, seed: 2, of } }, 'rate')).not.toEqual(rates.slice(0, 5));
});

test('each draw is tried at each level of the grid', () => {
  const study = { grid: { rule: RULES }, random: { draws: 3, of: { rate: { uniform: [0, 1] } } } };
  const rates = values(study, 'rate');
  expect(rates.slice(0, 3)).toEqual(rates.slice(3));
  expect(new Set(rates).size).toBe(3);
});

test('a sample has that number of different arms of the grid, the same ones each time', () => {
  const grid = { a: [1, 2, 3, 4], b: [1, 2, 3, 4] };
  const sample = arms({ grid, sample: { arms: 5 } });
  expect(new Set(sample).size).toBe(5);
  expect(arms({ grid })).toEqual(expect.arrayContaining(sample));
  expect(arms({ grid, sample: { arms: 5 } })).toEqual(sample);
  expect(arms({ grid, sample: { arms: 5, seed: 2 } })).not.toEqual(sample);
  expect(arms({ grid, sample: { arms: 99 } })).toEqual(arms({ grid }));
});
