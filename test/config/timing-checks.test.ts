import { expect, test } from 'vitest';
import { warningsAbout } from '#src/config/load-config.js';
import { testCases, withLayers } from './config-cases.ts';
import { load, problemsOf, validConfig } from './config-in-folder.ts';

// Everyone on the map is in range of both all the time.
const FAR = ['servers.left.rangeM=1000', 'servers.right.rangeM=1000'];

testCases([
  [
    'a speed at which a second of wall time foretells more than fits into memory',
    validConfig,
    ['live.speed=1e9'],
    ['live.speed: found 1000000000', 'expected a number above 0 and at most 10000'],
  ],
  [
    'steps of their own that take longer than the deadline',
    withLayers('edge: { deadlineS: 5 }, worker: { training: { localSteps: 6 } }'),
    FAR,
    [
      'config.yaml:8:30: layers.edge.deadlineS: a worker needs at least 6.04 s for a gradient (6 steps of 1 s and 0.04 s of latency), and the deadline is 5 s: no gradient can arrive in time',
      'raise it above 6.04 s, or lower layers.worker.training.localSteps or layers.worker.gradientS',
    ],
  ],
  [
    'the default deadline with steps that take longer',
    withLayers('worker: { training: { localSteps: 50 }, departure: carry }'),
    FAR,
    ['layers.edge.deadlineS: a worker needs at least 50', 'the deadline is 30 s: no gradient'],
  ],
  [
    'gradients that take longer than the run',
    withLayers('worker: { gradientS: { distribution: uniform, fromS: 8, toS: 9 } }'),
    ['training.maximumTimeS=7'],
    [
      'training.maximumTimeS=7": training.maximumTimeS: the run ends after 7 s, but a worker needs at least 8.04 s',
    ],
  ],
  [
    'gradients that take longer than any contact, and are dropped',
    withLayers('worker: { gradientS: 28 }'),
    ['servers.left.rangeM=20', 'servers.right.rangeM=20'],
    ['layers.worker.gradientS: a worker needs at least 28', 'every gradient is dropped'],
  ],
]);

test('what a distribution, another mode or measured time may bring about is no error', async () => {
  const distribution = '{ distribution: normal, meanS: 100, deviationS: 1, minimumS: 0.1 }';
  expect(await problemsOf(withLayers(`worker: { gradientS: ${distribution} }`))).toBe('');
  const slow = withLayers('edge: { deadlineS: 5 }, worker: { gradientS: 6 }');
  expect(await problemsOf(slow, [...FAR, 'rounds.mode=asynchronous'])).toBe('');
  expect(await problemsOf(slow, [...FAR, 'world=live', 'live.compute=measured'])).toBe('');
  const kinds = withLayers(
    'edge: { deadlineS: 5 }, worker: { gradientS: 6, gradientSByKind: { pedestrian: 1 } }',
  );
  expect(await problemsOf(kinds, FAR)).toBe('');
});

test('what is likely to go wrong is a warning with its place', async () => {
  const distribution = '{ distribution: uniform, fromS: 1, toS: 19 }';
  const text = withLayers(`edge: { deadlineS: 5 }, worker: { gradientS: ${distribution} }`);
  const warnings = await warningsAbout(await load(text, FAR));
  expect(warnings.map(({ found }) => found)).toEqual([
    'layers.edge.deadlineS: a worker needs 10.04 s for a gradient on average, and the deadline is 5 s: most gradients come too late',
  ]);
  expect(warnings[0]!.place).toMatchObject({ line: 8 });
  expect(await warningsAbout(await load(validConfig, FAR))).toEqual([]);
});

test('more gradients than a shared radio carries are a warning', async () => {
  const slow = 'worker: { link: { bandwidthMbps: 0.001, latencyMs: 0 } }';
  const edge = (more: string) =>
    withLayers(`edge: { capacity: { sharing: fifo }${more} }, ${slow}`);
  const [warning, ...others] = await warningsAbout(await load(edge(''), FAR));
  expect(warning!.found).toMatch(
    /: the workers of left compute .* its radio carries 0.001: messages/,
  );
  expect(others).toEqual([]);
  const heldBack = ', collect: { count: 2, maxPerWorker: 1 }';
  expect(await warningsAbout(await load(edge(heldBack), FAR))).toEqual([]);
  expect(await warningsAbout(await load(withLayers(slow), FAR))).toEqual([]);
});
