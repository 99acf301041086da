import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readRecording } from '#src/learning/windows/recording.js';

const file = join(mkdtempSync(join(tmpdir(), 'edgemlsim-recording-')), 'sensors.jsonl');

function read(...lines: unknown[]): ReturnType<typeof readRecording> {
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(file, texts.join('\n'));
  return readRecording(file, ['a', 'b'], 20);
}

const line = (sensor: string, sequence: number, timeUs: number, item = 3) => ({
  ...{ sensor, sequence, timeUs, item },
});

it('puts the items of each sensor in the order of their sequence', async () => {
  const lines = [line('a', 1, 5), line('b', 0, 2), line('a', 0, 1), line('a', 2, 5)];
  const { bySensor, duplicates, missing } = await read(...lines);
  const sequences = (sensor: string) => bySensor.get(sensor)!.map(({ sequence }) => sequence);
  expect([sequences('a'), sequences('b')]).toEqual([[0, 1, 2], [0]]);
  expect([duplicates, missing]).toEqual([0, 0]);
});

it('drops duplicates and counts what is missing, at the begin of a sensor too', async () => {
  const lines = [line('a', 0, 1, 7), line('a', 0, 1, 8), line('a', 4, 9), '', line('b', 2, 2)];
  const { bySensor, duplicates, missing } = await read(...lines);
  expect(bySensor.get('a')!.map(({ item }) => item)).toEqual([7, 3]);
  // 1, 2, 3 of a; 0, 1 of b.
  expect([duplicates, missing]).toEqual([1, 5]);
});

it('lets through what is for other readers', async () => {
  const { bySensor } = await read({ ...line('a', 0, 1), label: 4, inputs: [0, 1] });
  expect(bySensor.get('a')).toMatchObject([{ item: 3 }]);
});

it('shows every fault with its line', async () => {
  const faults = read(line('a', 0, 8), 'x', line('c', 0, 1), line('a', 1, 9, 20), { sensor: 'a' });
  await expect(faults).rejects.toThrow(
    [
      `${file}:2: no JSON`,
      '  expected {"sensor": "…", "sequence": 0, "timeUs": 250000, "item": 17}',
      `${file}:3: no sensor "c" in the config`,
    ].join('\n'),
  );
  await expect(faults).rejects.toThrow(`${file}:4: item 20 of a train split of 20`);
  await expect(faults).rejects.toThrow(`${file}:5: sequence: `);
});

it('refuses times that fall along a sensor, and a file that is not there', async () => {
  const fault = read(line('a', 1, 4), line('b', 0, 3), line('a', 0, 5));
  await expect(fault).rejects.toThrow(`${file}:1: timeUs 4 of sequence 1, after 5 of sequence 0`);
  const absent = readRecording('/nowhere/sensors.jsonl', ['a'], 20);
  await expect(absent).rejects.toThrow(
    /^\/nowhere\/sensors\.jsonl: cannot be read: there is no such file/,
  );
});
