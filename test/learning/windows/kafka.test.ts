import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import { openSensors } from '#src/compose/sensors.js';
import { kafkaClient } from '#src/learning/windows/kafka-client.js';
import { publishSensors } from '#src/learning/windows/publish-sensors.js';
import type { SensorItem, SensorSettings } from '#src/learning/windows/sensor.js';
import { KafkaSource } from '#src/learning/windows/sources/kafka.js';
import { lacking, testNeeding } from '../../needs.ts';
import { KafkaBroker, kafkaRig } from '../../rigs/kafka-broker.ts';
import { InProcessWorld } from '../../worlds/in-process-world.ts';
import { InProcessLiveWorld } from '../../worlds/live/in-process-live-world.ts';
import { only } from '../../worlds/only.ts';
import { expectConserved, treeConfig } from '../../worlds/tree-laws.ts';

const test = testNeeding(kafkaRig);
const hasKafka = lacking(kafkaRig).length === 0 || process.env.EDGEMLSIM_SKIP_NOTHING;
const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-kafka-'));
let broker: KafkaBroker;

beforeAll(async () => {
  if (!hasKafka) return;
  broker = new KafkaBroker(folder, 21_000 + (process.pid % 4000) * 2);
  await broker.start();
}, 60_000);

afterAll(async () => {
  if (hasKafka) await broker.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Two sensors in turn, one item every 10 ms together. */
function items(prefix: string, count: number): SensorItem[] {
  return Array.from({ length: count }, (_, number) => ({
    sensor: `${prefix}-${number % 2}`,
    sequence: Math.floor(number / 2),
    timeUs: (number + 1) * 10_000,
    item: number % 50,
  }));
}

const sensorOf = (id: string): SensorSettings => ({
  ...{ id, labels: null },
  arrivals: { process: 'fixed', itemsPerS: 1 },
});

/** Everything that a source has. */
function takeAll(source: KafkaSource, ids: string[]): Map<string, number[]> {
  const taken = ids.map((id): [string, number[]] => {
    const state = source.open(sensorOf(id));
    const items: number[] = [];
    while (state.nextUs !== Number.POSITIVE_INFINITY) {
      items.push(source.take(sensorOf(id), state));
    }
    return [id, items];
  });
  return new Map(taken);
}

test('a broker that is killed and started again loses no item and gives none twice', async () => {
  const sent = items('killed', 400);
  const sensors = ['killed-0', 'killed-1'];
  const brokers = [broker.address];
  const source = await KafkaSource.open({
    ...{ brokers, sensors, trainItems: 50 },
  });
  const state = source.open(sensorOf('killed-0'));
  const beginMs = performance.now();
  const publishing = publishSensors({
    ...{ brokers, sensors, items: sent, speed: 1 },
    messageOf: (item) => JSON.stringify(item),
    nowUs: () => (performance.now() - beginMs) * 1000,
  });
  const came = async (least: number) => {
    while (source.items.length < least) await wait(20);
  };
  await came(50);
  await broker.kill();
  const before = source.items.length;
  await broker.start();
  await publishing;
  await came(400);
  await source.readToEnd();
  expect(before).toBeLessThan(400);
  // The first of them came after the sensor was opened.
  expect(state.nextUs).toBe(10_000);
  const taken = takeAll(source, sensors);
  for (const sensor of sensors) {
    const expected = sent.filter((each) => each.sensor === sensor).map(({ item }) => item);
    expect(taken.get(sensor)).toEqual(expected);
  }
  expect(source.missing).toBe(0);
  await source.close();
}, 120_000);

test('a live tree of models trains on the windows of what its topics hold', async () => {
  const tree = (source: unknown) =>
    treeConfig({
      rounds: { mode: 'hierarchical', pace: 'synchronous' },
      windows: { everyS: 2, count: 5 },
      sensors: {
        ...{ count: 4, itemsPerS: 5, mainLabelShare: 0.6, process: 'poisson' },
        source,
      } as never,
    });
  const { ids: sensors, items: sent } = await openSensors(tree('built-in'));
  const brokers = [broker.address];
  await publishSensors({
    ...{ brokers, sensors, items: sent, speed: 1e6 },
    messageOf: (item) => JSON.stringify(item),
    nowUs: () => performance.now() * 1e9,
  });
  const virtual = await InProcessWorld.open(tree('built-in'));
  await virtual.run();
  const config = tree({ kafka: brokers });
  const live = { ...config, world: 'live', live: { ...config.live, speed: 20 } } as const;
  const world = await InProcessLiveWorld.open(live);
  expect(await world.run()).toMatchObject({ reason: 'windows' });
  expectConserved({ lines: world.simulated, composition: world.composition });
  const windows = (lines: typeof virtual.lines) =>
    only(lines, 'window-closed')
      .map(({ worker, window, items }) => `${worker} ${window}: ${items}`)
      .sort();
  expect(windows(world.simulated)).toEqual(windows(virtual.lines));
}, 60_000);

test('what was sent twice counts once, and what was left out is counted', async () => {
  const client = await kafkaClient([broker.address]);
  const producer = client.producer();
  await producer.connect();
  const sequences = [0, 1, 0, 1, 2, 5, 5, 6];
  const messages = sequences.map((sequence) => ({
    key: `${sequence}`,
    value: JSON.stringify({
      ...{ sensor: 'again', sequence, timeUs: sequence * 1000, item: sequence, label: 3 },
    }),
  }));
  await producer.send({ topic: 'again', messages });
  await producer.disconnect();
  const source = await KafkaSource.open({
    ...{ brokers: [broker.address], sensors: ['again'], trainItems: 50 },
  });
  await source.readToEnd();
  expect(takeAll(source, ['again']).get('again')).toEqual([0, 1, 2, 5, 6]);
  expect([source.duplicates, source.missing]).toEqual([3, 2]);
  await source.close();
}, 60_000);

test('a message that is none of the sensor is an error with topic and offset', async () => {
  const client = await kafkaClient([broker.address]);
  const producer = client.producer();
  await producer.connect();
  await producer.send({ topic: 'foreign', messages: [{ value: '21.5 °C' }] });
  await producer.disconnect();
  const settings = { sensors: ['foreign'], trainItems: 50 };
  const source = await KafkaSource.open({ brokers: [broker.address], ...settings });
  await expect(source.failed).rejects.toThrow(/^topic foreign, offset 0: no JSON/);
  await source.close();
}, 60_000);

test('an address where no broker is ends in an error that names it', async () => {
  const settings = { sensors: ['a'], trainItems: 1 };
  const opened = KafkaSource.open({ brokers: ['127.0.0.1:9'], ...settings });
  await expect(opened).rejects.toThrow(/no Kafka broker at 127\.0\.0\.1:9 answers, tried 11 times/);
}, 60_000);
