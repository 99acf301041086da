import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Problem } from '../../errors.ts';
import type { Provenance, RunOrigin } from '../../provenance.ts';
import type { SettledConfig } from './settled-config.ts';

/** Files in a run's folder beside its journal; null where one is missing or damaged. */
export interface RunFiles {
  configText: string | null;
  config: SettledConfig | null;
  provenance: FoundProvenance | null;
  status: string | null;
}

/** `provenance.json` as a report finds it: another version may have written it. */
export type FoundProvenance = Partial<Provenance & RunOrigin>;

/**
 * Damage to a run's config and provenance; a missing file is none. A config that was cut can still
 * be YAML, so its hash counts.
 */
export function damagedFiles(runDir: string): Problem[] {
  const { configText, config, provenance } = readRunFiles(runDir);
  const [configFile, provenanceFile] = [
    join(runDir, 'config.resolved.yaml'),
    join(runDir, 'provenance.json'),
  ];
  const hash = provenance?.inputs?.config;
  const found =
    configText !== null
      ? damageOf(configText, config, hash)
      : existsSync(configFile)
        ? 'no file that can be read'
        : null;
  return [
    ...(found === null ? [] : [damaged(configFile, found)]),
    ...(existsSync(provenanceFile) && !isMap(provenance)
      ? [damaged(provenanceFile, 'no JSON object')]
      : []),
  ];
}

/** Null for none. `hash`: what it should have, where that is known. */
function damageOf(text: string, config: unknown, hash: string | undefined): string | null {
  if (!isMap(config)) return 'no map in YAML';
  const now = createHash('sha256').update(text).digest('hex');
  if (!hash || now === hash) return null;
  return `its SHA-256 is ${now.slice(0, 12)}…, provenance.json has ${hash.slice(0, 12)}…`;
}

function damaged(file: string, found: string): Problem {
  return {
    place: { file },
    found: `damaged: ${found}`,
    advice: ['expected it as the run wrote it: put it back from a copy, or run it again'],
  };
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readRunFiles(runDir: string): RunFiles {
  const configText = textOf(join(runDir, 'config.resolved.yaml'));
  const status = parsed<{ status?: string }>(textOf(join(runDir, 'status.json')), JSON.parse);
  return {
    configText,
    config: parsed<SettledConfig>(configText, parse),
    provenance: parsed<FoundProvenance>(textOf(join(runDir, 'provenance.json')), JSON.parse),
    status: status?.status ?? null,
  };
}

/** Null for a file that is missing, and for what cannot be read, such as a folder in its place. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function parsed<Value>(text: string | null, read: (text: string) => unknown): Value | null {
  if (text === null) return null;
  try {
    return (read(text) ?? null) as Value | null;
  } catch {
    return null;
  }
}
