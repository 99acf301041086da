import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '#src/config/config-schema.js';
import { loadConfig } from '#src/config/load-config.js';
import { temporaryFolder } from '../temporary-folder.ts';

/** The published trees, as configs/edge-hierarchy names them. */
export const publishedTrees = ['1-3', '1-5', '1-7', '1-6', '1-2-6'] as const;

/** Windows of each worker in the shorter variants. */
export const WINDOWS = 5;

/** The file of a published tree. */
export function publishedFile(name: string): string {
  return fileURLToPath(new URL(`../../configs/edge-hierarchy/${name}.yaml`, import.meta.url));
}

const IDX_MAGIC = 0x0800;

/** An IDX file. */
function idx(shape: readonly number[], valueAt: (index: number) => number): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  for (const [index, word] of [IDX_MAGIC + shape.length, ...shape].entries()) {
    header.writeUInt32BE(word, 4 * index);
  }
  const length = shape.reduce((product, size) => product * size, 1);
  return Buffer.concat([header, Uint8Array.from({ length }, (_, index) => valueAt(index))]);
}

/** A folder of 480 and 60 images of MNIST's size, mostly black as those are: each process reads them quickly. */
function imagesLikeMnist(): string {
  const folder = temporaryFolder('images');
  const isLit = (label: number, pixel: number) => (pixel + 3 * label) % 7 === 0;
  for (const [name, items] of Object.entries({ train: 480, t10k: 60 })) {
    const images = join(folder, `${name}-images-idx3-ubyte`);
    if (existsSync(images)) continue;
    const pixels = idx([items, 28, 28], (at) =>
      isLit(Math.floor(at / 784) % 10, at % 784) ? 255 : 0,
    );
    writeFileSync(images, pixels);
    const labels = idx([items], (at) => at % 10);
    writeFileSync(join(folder, `${name}-labels-idx1-ubyte`), labels);
  }
  return folder;
}

/**
 * Changes that make a published experiment last seconds: windows of 2 s instead of 60, five instead
 * of 20, and a small dataset with as many inputs as MNIST. Tree, model, optimiser, sensors and
 * speeds stay.
 */
export function shorter(windows = WINDOWS): string[] {
  return [
    'windows.everyS=2',
    `windows.count=${windows}`,
    `data.dataset={name: idx, folder: ${imagesLikeMnist()}}`,
    `evaluation.everyS=${windows < 10 ? 2 : 40}`,
    'checkpoints.everyRounds=4',
  ];
}

/** A published experiment, shorter, and changed further. */
export async function publishedTree(
  name: string,
  { windows, overrides = [] }: { windows?: number; overrides?: string[] } = {},
): Promise<Config> {
  const how = { overrides: [...shorter(windows), ...overrides] };
  return (await loadConfig(publishedFile(name), how)).config;
}
