import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Provenance, RunOrigin } from '../../provenance.ts';
import type { SettledConfig } from './settled-config.ts';

/** What lies in a run's folder beside its journal; null where it is missing or damaged. */
export interface RunFiles {
  configText: string | null;
  config: SettledConfig | null;
  provenance: FoundProvenance | null;
  status: string | null;
}

/** `provenance.json` as a report finds it: another version may have written it. */
export type FoundProvenance = Partial<Provenance & RunOrigin>;

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

function textOf(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function parsed<Value>(text: string | null, read: (text: string) => unknown): Value | null {
  if (text === null) return null;
  try {
    return (read(text) ?? null) as Value | null;
  } catch {
    return null;
  }
}
