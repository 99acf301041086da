import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { type LoadedConfig, loadConfig } from '#src/config/load-config.js';
import { InputError } from '#src/errors.js';

export const crossingTrace = resolve('sumo-scenarios/crossing/trace.fcd.xml');

/** A config that is valid as it stands; tests add to it and spoil it. */
export const validConfig = `name: small
mobility: { trace: ${crossingTrace} }
servers:
  - { id: left, site: { xM: 200, yM: 100 } }
  - { id: right, site: { xM: 280, yM: 100 } }
data: { dataset: { name: synthetic } }
model: { layers: [64, 10] }
`;

/** A folder of its own for one test, removed afterwards. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file into a folder of its own and returns its path. */
export function fileWith(text: string | Uint8Array, name = 'config.yaml'): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
}

export function load(text: string, overrides: string[] = []): Promise<LoadedConfig> {
  return loadConfig(fileWith(text), { overrides });
}

/** The problems of a config as the user sees them, without the folder. */
export async function problemsOf(text: string, overrides: string[] = []): Promise<string> {
  const file = fileWith(text);
  try {
    await loadConfig(file, { overrides });
  } catch (error) {
    if (error instanceof InputError) return error.message.replaceAll(file, 'config.yaml');
    throw error;
  }
  return '';
}
