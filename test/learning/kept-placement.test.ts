import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bindKernels } from '#src/kernels/kernels.js';
import { createKernelMemory, takePages } from '#src/kernels/memory.js';
import type { Dataset } from '#src/learning/dataset.js';
import { keepDatasets } from '#src/learning/datasets/kept-datasets.js';
import { loadDataset } from '#src/learning/datasets/load.js';
import { placeSplits } from '#src/learning/kept-placement.js';
import { type PlacedDataset, placeDataset } from '#src/learning/placed-dataset.js';
import { temporaryFolder } from '../temporary-folder.ts';

keepDatasets();
const all = ['train', 'validation', 'test'] as const;
const spec = { name: 'csv', train: 'data.csv', test: 0.25, target: 'y', classes: 2 } as const;

function folderOf(name: string, first: number): string {
  const folder = join(temporaryFolder('kept-placement'), name);
  mkdirSync(folder, { recursive: true });
  const rows = Array.from({ length: 40 }, (_, i) => `${(i + first) ** 2},${i % 3},${i % 2}`);
  writeFileSync(join(folder, 'data.csv'), `${['a,b,y', ...rows].join('\n')}\n`);
  return folder;
}

/** All that a placed dataset stands for. */
function contents(memory: WebAssembly.Memory, placed: PlacedDataset, outputs: number): object {
  const inputsOf = (name: (typeof all)[number]) => {
    const split = placed.splits[name];
    const targets = [...new Uint8Array(memory.buffer, split.targets, split.items * outputs)];
    if (split.form === 'dense') {
      const length = split.items * placed.features;
      return { targets, inputs: [...new Float32Array(memory.buffer, split.inputs, length)] };
    }
    const starts = [...new Uint32Array(memory.buffer, split.starts, split.items + 1)];
    const entries = starts.at(-1)!;
    const columns = [...new Uint16Array(memory.buffer, split.columns, entries)];
    const values = [...new Float32Array(memory.buffer, split.values, entries)];
    return { targets, starts, columns, values };
  };
  return Object.fromEntries(all.map((name) => [name, inputsOf(name)]));
}

function placed(dataset: Dataset, splits: readonly (typeof all)[number][] = all): object {
  const { kernels, data } = placeSplits(dataset, splits, inWasm);
  return contents(kernels.memory, data, 1);
}

const inWasm = (memory: WebAssembly.Memory) => bindKernels(memory, 'wasm');

test('a dataset that stays in the memory for the next run is the same', async () => {
  const dataset = await loadDataset(spec, folderOf('same', 0));
  const kernels = bindKernels(createKernelMemory(), 'wasm');
  const expected = contents(kernels.memory, placeDataset(kernels, dataset), 1);
  expect(placed(dataset)).toStrictEqual(expected);
  expect(placed(dataset)).toStrictEqual(expected);
});

test('a run finds zeros in what it takes of a memory that others had before, until it has grown too large', async () => {
  const dataset = await loadDataset(spec, folderOf('zeros', 0));
  const { memory } = placeSplits(dataset, all, inWasm).kernels;
  const length = 100 * 2 ** 20;
  for (const expected of [memory, memory, memory]) {
    const { kernels } = placeSplits(dataset, all, inWasm);
    expect(kernels.memory).toBe(expected);
    const { offset } = takePages(kernels.memory, length);
    const taken = Buffer.from(kernels.memory.buffer, offset, length);
    expect(taken.equals(Buffer.alloc(length))).toBe(true);
    taken[5] = 7;
  }
  expect(placeSplits(dataset, all, inWasm).kernels.memory).not.toBe(memory);
});

test('other splits of a kept dataset are placed for themselves', async () => {
  const dataset = await loadDataset(spec, folderOf('splits', 0));
  placed(dataset);
  const { data } = placeSplits(dataset, ['test'], inWasm);
  expect([data.splits.train.items, data.splits.test.items]).toEqual([0, 10]);
});

test('a dataset is loaded once, and again when its file has changed', async () => {
  const folder = folderOf('changed', 0);
  const first = await loadDataset(spec, folder);
  expect(await loadDataset(spec, folder)).toBe(first);
  folderOf('changed', 1000);
  const second = await loadDataset(spec, folder);
  expect(second).not.toBe(first);
  expect(second.sha256).not.toBe(first.sha256);
  expect(placed(second)).toStrictEqual(placed(second));
});
