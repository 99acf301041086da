import { expect, test } from 'vitest';
import { inspectTrace } from '#src/mobility/inspect.js';
import { loadTrace } from '#src/mobility/trace.js';
import { file } from './files.ts';

/** Ten minutes of samples each 20 s, from a time on. */
const walk = (id: string, fromS: number) =>
  Array.from({ length: 31 }, (_, i) => `${fromS + 20 * i},${id},${i},0`);

test('the time between two days is reported, and a shorter one is not', async () => {
  const two = ['time,id,x,y', ...walk('mon', 0), ...walk('tue', 4200)].join('\n');
  // One hour of the whole 80 minutes: from 600 to 4200 s.
  expect((await loadTrace(file(two, 'two.csv'))).remarks).toEqual([
    expect.stringMatching(/^no entity is on the map for 60 of its 80 minutes, from 600 s after/),
  ]);
  const near = ['time,id,x,y', ...walk('mon', 0), ...walk('tue', 1100)].join('\n');
  expect((await loadTrace(file(near, 'near.csv'))).remarks).toEqual([]);
});

test('a table with a sample each 20 seconds is said to have one each 20 seconds', async () => {
  const trace = await loadTrace(file(['time,id,x,y', ...walk('a', 0)].join('\n'), 'a.csv'));
  expect(inspectTrace(trace).periodS).toBe(20);
});
