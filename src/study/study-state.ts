import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Config } from '../config/config-schema.ts';
import { packageVersion } from '../package-version.ts';
import { isBarelyMade, type RunStatus } from '../run/run-folder.ts';
import { isOver } from '../run/run-summary.ts';
import type { PlannedRun } from './load-study.ts';

/** What a planned run's folder holds already. */
type PlannedRunState =
  /** No intact state to continue from. */
  | { kind: 'new' }
  /** This very run, to its end. */
  | { kind: 'finished' }
  /** This very run, stopped, killed or failed on its way. */
  | { kind: 'interrupted' }
  /** Something else, which must not be lost. */
  | { kind: 'foreign'; why: string };

export function stateOf(run: PlannedRun, studyDir: string): PlannedRunState {
  const dir = join(studyDir, run.folder);
  if (!existsSync(dir) || isBarelyMade(dir)) return { kind: 'new' };
  if (!existsSync(join(dir, 'config.resolved.yaml'))) {
    return { kind: 'foreign', why: 'holds files, but no run' };
  }
  // A run that was killed before its first event.
  const begun = ['provenance.json', 'journal.jsonl'].every((name) => existsSync(join(dir, name)));
  if (!begun && !hasCheckpoints(dir)) return { kind: 'new' };
  const config = readConfig(dir);
  if (config === undefined) return { kind: 'foreign', why: 'its config.resolved.yaml is damaged' };
  if (!isSameConfig(config, run.config)) {
    return { kind: 'foreign', why: 'holds a run of another configuration' };
  }
  const { version } = readJson<{ version?: string }>(join(dir, 'provenance.json'));
  if (version !== packageVersion()) {
    return { kind: 'foreign', why: `holds a run of edgemlsim ${version}` };
  }
  const { status } = readStatus(dir);
  return { kind: isOver(status) ? 'finished' : 'interrupted' };
}

function hasCheckpoints(dir: string): boolean {
  const folder = join(dir, 'checkpoints');
  return existsSync(folder) && readdirSync(folder).length > 0;
}

/** Undefined where it is damaged. */
function readConfig(dir: string): unknown {
  try {
    return parse(readFileSync(join(dir, 'config.resolved.yaml'), 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

export function readStatus(runDir: string): Partial<RunStatus> {
  const file = join(runDir, 'status.json');
  return existsSync(file) ? readJson<RunStatus>(file) : {};
}

function readJson<Value>(file: string): Partial<Value> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Value;
  } catch {
    // Incomplete, since the machine stopped: ignored.
    return {};
  }
}

function isSameConfig(found: unknown, planned: Config): boolean {
  return JSON.stringify(sorted(found)) === JSON.stringify(sorted(planned));
}

/** The value with the keys of every map in alphabetical order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sorted(child)]));
}
