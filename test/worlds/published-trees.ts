import { fileURLToPath } from 'node:url';
import type { Config } from '#src/config/config-schema.js';
import { loadConfig } from '#src/config/load-config.js';

/** The published trees, as configs/edge-hierarchy names them. */
export const publishedTrees = ['1-3', '1-5', '1-7', '1-6', '1-2-6'] as const;

/** Windows of each worker in the shorter variants. */
export const WINDOWS = 5;

/** The file of a published tree. */
export function publishedFile(name: string): string {
  return fileURLToPath(new URL(`../../configs/edge-hierarchy/${name}.yaml`, import.meta.url));
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
    'data.dataset={name: synthetic, features: 784, trainItems: 400, testItems: 60}',
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
