import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { currentDataset, placeOfDataset } from '../compose/current-dataset.ts';
import type { Config } from '../config/config-schema.ts';
import { packageVersion } from '../package-version.ts';
import type { Provenance } from '../provenance.ts';
import { isTaken } from '../run/folder-lock.ts';
import { isBarelyMade, type RunStatus } from '../run/run-folder.ts';
import { isOver } from '../run/run-summary.ts';
import { attemptsAt } from './attempts.ts';
import type { FailureList } from './failure-list.ts';
import { changedFiles, configHash } from './run-differences.ts';

/** Enough of a planned run to find out what has become of it. */
export interface RunPlace {
  /** Within the study's folder. */
  folder: string;
  /** Hash of its resolved config. */
  config: string;
}

/** State of a planned run. */
export type RunState =
  /** Not begun. */
  | { kind: 'waiting' }
  /** A process is at work on it. */
  | { kind: 'running' }
  /** This very run, to its end. */
  | { kind: 'completed' }
  /** It ended itself, with an error. */
  | { kind: 'failed'; error: string }
  /** Stopped or killed on its way: it goes on from its last checkpoint. */
  | { kind: 'interrupted' }
  /** Something else is in its place, which must not be lost. `config`: that of the run there. */
  | { kind: 'foreign'; why: string; config?: unknown };

export async function stateOf(
  run: RunPlace,
  studyDir: string,
  failures: FailureList,
): Promise<RunState> {
  const dir = join(studyDir, run.folder);
  const failure = failures.of(run);
  const unbegun = (): RunState =>
    failure === undefined ? { kind: 'waiting' } : { kind: 'failed', error: failure.error };
  // Slurm's tasks work beside the run's folder until they are done.
  if (!existsSync(dir)) return isAttempted(dir) ? { kind: 'running' } : unbegun();
  if (isTaken(dir)) return { kind: 'running' };
  if (isBarelyMade(dir)) return unbegun();
  if (!existsSync(join(dir, 'config.resolved.yaml'))) {
    return { kind: 'foreign', why: 'holds files, but no run' };
  }
  // A run that was killed before its first event.
  const begun = ['provenance.json', 'journal.jsonl'].every((name) => existsSync(join(dir, name)));
  if (!begun && !hasCheckpoints(dir)) return unbegun();
  const config = readConfig(dir);
  if (config === undefined) return { kind: 'foreign', why: 'its config.resolved.yaml is damaged' };
  if (configHash(config) !== run.config) {
    return { kind: 'foreign', why: 'holds a run of another configuration', config };
  }
  const provenance = readProvenance(dir);
  if (provenance.version !== packageVersion()) {
    return { kind: 'foreign', why: `holds a run of edgemlsim ${provenance.version}` };
  }
  const { status, error } = readStatus(dir);
  if (!isOver(status) && failure !== undefined) return { kind: 'failed', error: failure.error };
  if (status === 'failed') return { kind: 'failed', error: error ?? 'no reason is known' };
  const changed = changedFiles(provenance)[0] ?? (await changedDataset(config, provenance));
  if (changed !== null) {
    return { kind: 'foreign', why: `holds a run of other data: ${changed} has changed since` };
  }
  return { kind: isOver(status) ? 'completed' : 'interrupted' };
}

/** Null where a run's dataset is what it was, or is none that could change. */
async function changedDataset(
  config: unknown,
  { inputs }: Partial<Provenance>,
): Promise<string | null> {
  const dataset = (config as Partial<Config> | null)?.data?.dataset;
  if (dataset === undefined) return null;
  const now = await currentDataset(dataset);
  return now === null || now === inputs?.dataset ? null : placeOfDataset(dataset);
}

function isAttempted(dir: string): boolean {
  const [newest] = attemptsAt(dir);
  return newest !== undefined && isTaken(newest);
}

/** Whether a run that failed can go on from where it came to, with the files that it began with. */
export function canGoOn(runDir: string): boolean {
  const isThere = existsSync(join(runDir, 'journal.jsonl')) && hasCheckpoints(runDir);
  return isThere && changedFiles(readProvenance(runDir)).length === 0;
}

/** Whether the files that a run was made from are still what they were. */
export function hasItsFiles(runDir: string): boolean {
  return changedFiles(readProvenance(runDir)).length === 0;
}

/** Whether the run in a folder, if there is one, has come to its own end. */
export function isCompleted(runDir: string): boolean {
  return isOver(readStatus(runDir).status);
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

function readProvenance(dir: string): Partial<Provenance> {
  return readJson<Provenance>(join(dir, 'provenance.json'));
}

export function readStatus(runDir: string): Partial<RunStatus> {
  return readJson<RunStatus>(join(runDir, 'status.json'));
}

function readJson<Value>(file: string): Partial<Value> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Value;
  } catch {
    // Not there, or incomplete, since the machine stopped.
    return {};
  }
}
