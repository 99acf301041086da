import { expect, test } from 'vitest';
import { problemsOf } from './config-in-folder.ts';

const moving = `name: moving
mobility: { trace: trace.fcd.xml }
servers:
  - { id: west, site: { xM: 5, yM: 0 } }
  - { id: east, site: { xM: 25, yM: 0 } }
data:
  dataset: { name: synthetic, classes: 4 }
  regions: [{ id: a, server: west, labels: { 0: 1 } }, { id: b, polygon: [[0, 0], [9, 0], [9, 9]], labels: { 1: 2, 3: 1 } }]
model: { layers: [64, 4] }
`;

const staying = `name: staying
mobility: { model: static, workers: { count: 4 } }
servers: [{ id: west }, { id: east }]
data:
  dataset: { name: synthetic, classes: 4 }
  regions: [{ id: a, server: west }, { id: b, server: east }]
model: { layers: [64, 4] }
`;

test('regions of workers that stay, and partitions over them, are valid', async () => {
  expect(await problemsOf(staying)).toBe('');
  expect(await problemsOf(staying, ['data.partition=disjoint-by-label'])).toBe('');
});

test.each([
  ['data.owners=workers', 'data.owners: workers collect in data.regions, so workers own nothing'],
  ['sensors={ count: 4 }', 'sensors: workers collect in data.regions'],
  ['data.regions=null', 'data.sampling: there is no region to collect in'],
  [
    'data.regions=[{ id: a, server: west }, { id: a, server: east }]',
    'data.regions.1.id: a second region "a"',
  ],
  ['data.regions=[{ id: a, server: wset }]', 'no server "wset" that workers stay at'],
  [
    'data.regions=[{ id: a, cells: { sizeM: 5, list: [[0, 0]] } }]',
    'data.regions.0.cells: workers that stay have no place on the map',
  ],
  [
    'data.regions=[{ id: a, server: west, labels: { 0: 1 } }, { id: b, server: east }]',
    'data.regions.1: region "b" has no labels, others have',
  ],
  [
    'data.regions=[{ id: a, server: west, labels: { 4: 1 } }]',
    'labels.4: no train item of synthetic has label 4',
  ],
  ['data.regions=[{ id: a, server: west, labels: { 0: 0 } }]', 'labels: no weight is above 0'],
  [
    'data.regions=[{ id: a, server: west, drift: { mixes: [{ atS: 5, labels: { 0: 1 } }] } }]',
    'drift: there is no mix of labels to change',
  ],
  [
    'data.regions=[{ id: a, server: west, labels: { 0: 1 }, drift: { mixes: [{ atS: 5, labels: { 1: 1 } }, { atS: 4, labels: { 0: 1 } }] } }]',
    'drift.mixes.1.atS: 4 s after 5 s',
  ],
])('what makes no sense is refused: %s', async (change, problem) => {
  const found = await problemsOf(`${staying}`, ['data.sampling={ buffer: 5 }', change]);
  expect(found).toContain(problem);
});

test('labels beside a partition are refused', async () => {
  const changes = ['data.regions.0.labels={ 0: 1 }', 'data.regions.1.labels={ 1: 1 }'];
  const found = await problemsOf(staying, [...changes, 'data.partition=disjoint-by-label']);
  expect(found).toContain('data.partition: has no effect: the regions say which labels they have');
});

test('windows of what is collected have a length, in seconds or in samples that fit the buffer', async () => {
  const tree = ['rounds.mode=hierarchical', 'layers={}'];
  const long = [...tree, 'data.sampling={ buffer: 4 }'];
  expect(await problemsOf(staying, [...long, 'windows={ items: 5 }'])).toContain(
    'windows.items: a window of 5 samples, and a worker keeps 4',
  );
  const own = 'windows={ items: 4, workers: { worker-1: { items: 6 }, worker-2: { everyS: 3 } } }';
  const ofOwn = await problemsOf(staying, [...long, own]);
  expect(ofOwn).toContain('windows.workers.worker-1.items: a window of 6 samples');
  expect(ofOwn).not.toContain('worker-2.everyS');
  expect(await problemsOf(staying, [...long, 'windows={ items: 4 }'])).toBe('');
  expect(await problemsOf(staying, [...tree, 'windows={ count: 3 }'])).toContain(
    'windows: how long is a window of what comes?',
  );
  expect(await problemsOf(staying, [...tree, 'windows={ everyS: 5 }'])).toBe('');
});

test('a region needs a server with a site where workers move', async () => {
  const problems = await problemsOf(moving, ['data.regions.0.server=norht']);
  expect(problems).toContain('data.regions.0.server: no server "norht" with a site');
});

test('a polygon without an inside is refused', async () => {
  const flat = moving.replace('[[0, 0], [9, 0], [9, 9]]', '[[0, 0], [9, 9], [3, 3]]');
  expect(await problemsOf(flat)).toContain(
    'data.regions.1.polygon: found a list of 3\n  expected corners that do not lie on one line',
  );
});
