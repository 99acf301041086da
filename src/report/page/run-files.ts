import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { SettledConfig } from './settled-config.ts';

/** What lies in a run's folder beside its journal; null where it is missing or damaged. */
export interface RunFiles {
  configText: string | null;
  config: SettledConfig | null;
  provenance: ToldProvenance | null;
  status: string | null;
}

/** The parts of provenance.json that a report tells. */
export interface ToldProvenance {
  id?: string;
  commandLine?: readonly string[];
  commit?: string;
  version?: string;
  node?: string;
  engine?: string;
  engineVersions?: Record<string, string>;
  inputs?: {
    config?: string;
    trace?: string | null;
    dataset?: string;
    files?: Record<string, string>;
  };
  trace?: { files?: readonly string[] } | null;
  machine?: { platform?: string; cpu?: string; cores?: number; memoryMiB?: number };
}

export function readRunFiles(runDir: string): RunFiles {
  const configText = textOf(join(runDir, 'config.resolved.yaml'));
  const status = parsed<{ status?: string }>(textOf(join(runDir, 'status.json')), JSON.parse);
  return {
    configText,
    config: parsed<SettledConfig>(configText, parse),
    provenance: parsed<ToldProvenance>(textOf(join(runDir, 'provenance.json')), JSON.parse),
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
