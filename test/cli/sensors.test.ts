import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '#src/config/load-config.js';
import { loadDataset } from '#src/learning/datasets/load.js';
import { kafkaClient } from '#src/learning/windows/kafka-client.js';
import { testNeeding } from '../needs.ts';
import { KafkaBroker, kafkaRig } from '../rigs/kafka-broker.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { edgemlsim } from './program.ts';

const config = `name: watched
tree: [1, 2]
mobility: { model: static }
rounds: { mode: hierarchical }
windows: { everyS: 2, count: 3, epochs: 1 }
sensors: { count: 3, itemsPerS: 5, process: poisson, mainLabelShare: 0.6 }
data: { dataset: { name: synthetic, features: 8, classes: 3, trainItems: 120, testItems: 60 }, batchSize: 5 }
model: { layers: [8, 6, 3] }
`;

function folderWithSensors(name: string): { folder: string; file: string; out: string } {
  const folder = temporaryFolder(name);
  const file = join(folder, 'watched.yaml');
  writeFileSync(file, config);
  return { folder, file, out: join(folder, 'sensors.jsonl') };
}

const hashOf = (stdout: string): string => JSON.parse(stdout).journalHash;

test('a run of recorded sensors has the journal of the run with the sensors themselves', async () => {
  const { folder, file, out } = folderWithSensors('recorded');
  const recorded = await edgemlsim('sensors', file, '--out', out);
  expect([recorded.code, recorded.stderr]).toEqual([0, '']);
  const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
  expect(recorded.stdout).toBe(`${lines.length} items of 3 sensors, in ${out}\n`);
  const own = await edgemlsim('run', file, '--out', join(folder, 'own'), '--json');
  const [first] = lines.splice(0, 1);
  // The order of the lines does not matter, nor that one is there twice.
  writeFileSync(out, [...lines, first, first, ''].join('\n'));
  const replay = ['sensors.source={file: sensors.jsonl}', '--out', join(folder, 'replayed')];
  const replayed = await edgemlsim('run', file, ...replay, '--json');
  expect(hashOf(replayed.stdout)).toBe(hashOf(own.stdout));
}, 60_000);

test('without sensors, or a place for their items, it says what to give', async () => {
  const { file, out } = folderWithSensors('wrong');
  const nowhere = await edgemlsim('sensors', file);
  expect([nowhere.code, nowhere.stderr]).toEqual([
    2,
    expect.stringContaining('expected --out FILE or --kafka HOST:PORT'),
  ]);
  writeFileSync(file, config.replace(/^sensors.*\n/m, '').replace('everyS: 2', 'items: 5'));
  const none = await edgemlsim('sensors', file, '--out', out);
  expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('no sensors')]);
});

testNeeding(kafkaRig)(
  'what is sent to Kafka comes back as the same recording, with labels and inputs for others',
  async () => {
    const { folder, file, out } = folderWithSensors('topics');
    const broker = new KafkaBroker(folder, 29_000 + (process.pid % 1500) * 2);
    await broker.start();
    try {
      const sent = await edgemlsim('sensors', file, '--kafka', broker.address, '--speed', '50');
      expect([sent.code, sent.stderr]).toEqual([0, '']);
      await edgemlsim('sensors', file, '--out', out);
      const back = join(folder, 'back.jsonl');
      const read = await edgemlsim('sensors', file, '--from-kafka', broker.address, '--out', back);
      expect([read.code, read.stderr]).toEqual([0, '']);
      const sorted = (path: string) => readFileSync(path, 'utf8').split('\n').sort();
      expect(sorted(back)).toEqual(sorted(out));

      const first = await firstMessage(broker.address, 'sensor-0');
      const { item, label, inputs } = JSON.parse(first.value);
      expect(first.key).toBe('0');
      const { data } = (await loadConfig(file)).config;
      const { train } = (await loadDataset(data.dataset, '.')).splits;
      expect(label).toBe(train.targets[item]);
      expect(inputs).toEqual([...train.inputs.subarray(item * 8, item * 8 + 8)]);
    } finally {
      await broker.kill();
    }
  },
  120_000,
);

async function firstMessage(
  address: string,
  topic: string,
): Promise<{ key: string; value: string }> {
  const client = await kafkaClient([address]);
  const consumer = client.consumer({ groupId: 'another-reader' });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const message = await new Promise<{ key: string; value: string }>((resolve) => {
    void consumer.run({
      eachMessage: async ({ message: { key, value, offset } }) => {
        if (offset === '0') resolve({ key: `${key}`, value: `${value}` });
      },
    });
  });
  await consumer.disconnect();
  return message;
}
