import { expect, test } from 'vitest';
import { problemsOf, validConfig } from './config-in-folder.ts';

test('a range is refused where path loss decides who is in range', async () => {
  const problems = await problemsOf(validConfig, [
    'mobility.radio.model=log-distance',
    'servers.left.rangeM=80',
  ]);
  expect(problems).toContain(
    'servers.0.rangeM: 80 m, but mobility.radio.model is log-distance, which has no range',
  );
  expect(problems).toContain('remove it: the path loss of log-distance decides who is in range');
  expect(await problemsOf(validConfig, ['mobility.radio.model=log-distance'])).toBe('');
});

test.each([
  ['[[10, 5]]', 'each [from, to] ends after it begins'],
  ['[[0, 5], [4, 9]]', 'begins after the one before has ended'],
  ['[]', 'service'],
])('times of service rise: %s', async (service, message) => {
  expect(await problemsOf(validConfig, [`servers.left.service=${service}`])).toContain(message);
});

test('times of service are refused where workers stay', async () => {
  const staying = 'mobility={ model: static, workers: { count: 4 } }';
  const problems = await problemsOf(validConfig, [staying, 'servers.left.service=[[0, 5]]']);
  expect(problems).toContain('servers.0.service: times of service, but workers that stay');
});
