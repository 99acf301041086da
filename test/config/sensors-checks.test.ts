import { expect, test } from 'vitest';
import { warningsAbout } from '#src/config/load-config.js';
import { describeProblem } from '#src/errors.js';
import { fileWith, load, problemsOf } from './config-in-folder.ts';

const tree = `name: tree
tree: [1, 2]
mobility: { model: static }
rounds: { mode: hierarchical }
windows: { everyS: 2, count: 3 }
sensors: { count: 2, source: built-in }
data: { dataset: { name: synthetic } }
model: { layers: [64, 10] }
`;

test('the sensors of these tests are valid, counted, listed and replayed', async () => {
  expect(await problemsOf(tree)).toBe('');
  const listed = '[{ id: a, worker: worker-1 }, { id: b, worker: worker-2 }]';
  for (const sensors of [
    listed,
    `{ list: ${listed} }`,
    `{ list: ${listed}, source: { file: items.jsonl } }`,
    '{ count: 2, source: { file: items.jsonl } }',
  ]) {
    expect(await problemsOf(tree, [`sensors=${sensors}`])).toBe('');
  }
});

test.each([
  ['cloud: { push: never }', 'layers.cloud.push', 'the root has no server above'],
  [
    'cloud: { encoding: { up: 8-bit } }',
    'layers.cloud.encoding.up',
    'the root has no server above',
  ],
  [
    'worker: { attack: { rule: delay, byzantine: { count: 1, scope: per-aggregation } } }',
    'layers.worker.attack.byzantine.scope',
    'delay acts when a message is sent',
  ],
  ['edge: { model: relay, pull: { changes: 2 } }', 'layers.edge.pull', 'a relay keeps no change'],
  ['edge: { model: relay, encoding: { down: 8-bit } }', 'layers.edge.encoding.down', 'a relay'],
  [
    'edge: { model: relay }, worker: { encoding: { down: 8-bit } }',
    'layers.worker.encoding.down',
    'a relay (edge) passes models on in full',
  ],
])('exchanges that do not happen are refused: %s', async (layers, path, found) => {
  const problems = await problemsOf(tree.replace('[1, 2]', '[1, 2, 2]'), [`layers={ ${layers} }`]);
  expect(problems).toContain(`${path}: ${found}`);
});

test.each([
  ['worker-9: { count: 2 }', 'windows.workers.worker-9: no worker "worker-9"'],
  ['worker-1: { everyS: 2, items: 3 }', 'worker-1.items: a window has a length in seconds already'],
])('windows of single workers are checked: %s', async (own, problem) => {
  expect(await problemsOf(tree, [`windows.workers={ ${own} }`])).toContain(problem);
});

test('a list of sensors is checked with a source as without one', async () => {
  const listed = '[{ id: a, worker: worker-1 }, { id: a, worker: worker-7 }]';
  for (const [sensors, path] of [
    [listed, 'sensors'],
    [`{ list: ${listed} }`, 'sensors.list'],
  ]) {
    const problems = await problemsOf(tree, [`sensors=${sensors}`]);
    expect(problems).toContain(`${path}.1.id: a second sensor "a"`);
    expect(problems).toContain(`${path}.1.worker: no worker "worker-7"`);
    expect(problems).toContain(`${path}: no sensor of worker-2`);
  }
});

test('the virtual world refuses Kafka, and says how to record what is there', async () => {
  const problems = await problemsOf(tree, ['sensors.source={kafka: ["broker:9092"]}']);
  expect(problems).toContain('the virtual world does not wait for a broker');
  expect(problems).toContain(
    'edgemlsim sensors CONFIG --from-kafka broker:9092 --out sensors.jsonl',
  );
});

test('a broker without a port, and an unknown source, are no sources', async () => {
  expect(await problemsOf(tree, ['sensors.source={kafka: [broker]}'])).not.toBe('');
  expect(await problemsOf(tree, ['sensors.source=mqtt'])).not.toBe('');
});

test('duplicates and gaps of a recording are warnings', async () => {
  const line = (sequence: number) =>
    JSON.stringify({ sensor: 'sensor-0', sequence, timeUs: sequence, item: 1 });
  const warnings = async (...sequences: number[]) => {
    const file = fileWith(
      sequences.map((sequence) => `${line(sequence)}\n`).join(''),
      'items.jsonl',
    );
    const loaded = await load(tree, [`sensors.source={ file: ${file} }`]);
    return (await warningsAbout(loaded)).map(describeProblem).join('\n');
  };
  expect(await warnings(0, 1, 2)).toBe('');
  expect(await warnings(0, 1, 1, 1, 4)).toContain('2 lines repeat an item, 2 items are missing');
});
