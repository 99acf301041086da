import { expect, it } from 'vitest';
import { settledConfig, VARIED } from '#src/report/page/settled-config.js';

it('what configs differ in is varied, down to the single value', () => {
  const first = { name: 'a', layers: { edge: { aggregate: { rule: 'mean', f: 1 } } } };
  const second = { name: 'a', layers: { edge: { aggregate: { rule: 'krum', f: 1 } } } };
  expect(settledConfig([first, second])).toEqual({
    name: 'a',
    layers: { edge: { aggregate: { rule: VARIED, f: 1 } } },
  });
  expect(first.layers.edge.aggregate.rule).toBe('mean');
});

it('so is a part that only some of them have, under a name with a dot too', () => {
  const first = { layers: { 'edge.north': { deadlineS: 1 } } };
  const second = { layers: { 'edge.north': { deadlineS: 1 }, south: { deadlineS: 2 } } };
  expect(settledConfig([first, second, first])).toEqual({
    layers: { 'edge.north': { deadlineS: 1 }, south: VARIED },
  });
  const third = { layers: { 'edge.north': { deadlineS: 3 } } };
  expect(settledConfig([first, third])).toEqual({
    layers: { 'edge.north': { deadlineS: VARIED } },
  });
});

it('the same map in another order of keys is not varied', () => {
  const settled = settledConfig([
    { rounds: { mode: 'x', pace: 'y' } },
    { rounds: { pace: 'y', mode: 'x' } },
  ]);
  expect(settled).toEqual({ rounds: { mode: 'x', pace: 'y' } });
});
