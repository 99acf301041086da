import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ensureFolder } from '../ensure-folder.ts';
import { InputError, RunError } from '../errors.ts';
import type { Provenance, RunOrigin } from '../provenance.ts';
import { systemRefusal } from '../system-refusal.ts';
import { writeAtomically } from '../write-atomically.ts';
import { isOfLock, lockFolder, removeEmpty } from './folder-lock.ts';
import { readJsonFile } from './json-file.ts';
import { isOver, type RunSummary } from './run-summary.ts';

/** Contents of `status.json`. */
export interface RunStatus {
  status: 'running' | 'failed' | 'interrupted' | RunSummary['status'];
  summary?: RunSummary;
  error?: string;
}

const STATUS_FILE = 'status.json';
const CONFIG_FILE = 'config.resolved.yaml';
const PROVENANCE_FILE = 'provenance.json';

const text = z.string();
const provenanceSchema = z.looseObject({
  id: text,
  version: text,
  node: text,
  engine: text,
  engineVersions: z.record(text, text),
  inputs: z.looseObject({
    config: text,
    /** Null of workers that stay where they are. */
    trace: text.nullable(),
    dataset: text,
    files: z.record(text, text),
  }),
});
const statusSchema = z.looseObject({
  status: text,
  summary: z.looseObject({ journalHash: text }).optional(),
});

/** The files of one run, for one process at a time. */
export class RunFolder {
  readonly dir: string;
  /** Gives the folder back to other processes. */
  readonly release: () => void;

  readonly #isOwn: boolean;

  /** `isOwn`: it was made for this run. */
  private constructor(dir: string, isOwn: boolean) {
    this.dir = dir;
    this.#isOwn = isOwn;
    this.release = lockFolder(dir, 'a run');
  }

  /**
   * A new folder, or one in which a run did not come to its beginning. Throws InputError when there
   * is something else in it.
   */
  static create(dir: string): RunFolder {
    const isOwn = !existsSync(dir);
    let folder: RunFolder | undefined;
    try {
      if (isOwn) ensureFolder(dir);
      else checkIsFree(dir);
      folder = new RunFolder(dir, isOwn);
      // Another run may have been here before it was taken.
      checkIsFree(dir);
      removeBeginnings(dir);
      mkdirSync(folder.checkpointsDir, { recursive: true });
      return folder;
    } catch (error) {
      folder?.release();
      if (isOwn) removeEmpty(dir);
      if (error instanceof InputError || error instanceof RunError) throw error;
      throw new RunError(`cannot make the run folder ${dir}: ${systemRefusal(error)}`);
    }
  }

  /** One that a run was started in. */
  static open(dir: string): RunFolder {
    checkIsRun(dir);
    return new RunFolder(dir, false);
  }

  /** Ends a run that could not be started: as failed, or as if it had never been. */
  abandon(error: Error): void {
    if (existsSync(this.configFile)) this.writeFailure(error);
    else removeBeginnings(this.dir);
    this.release();
    if (this.#isOwn) removeEmpty(this.dir);
  }

  get configFile(): string {
    return join(this.dir, CONFIG_FILE);
  }

  get journalFile(): string {
    return join(this.dir, 'journal.jsonl');
  }

  get checkpointsDir(): string {
    return join(this.dir, 'checkpoints');
  }

  /** Throws InputError where `provenance.json` is missing or damaged. */
  readProvenance(): Provenance & RunOrigin {
    const file = join(this.dir, PROVENANCE_FILE);
    return readJsonFile(file, provenanceSchema, [
      'put it back from a copy: without it the run cannot be shown to continue as it began',
    ]) as Provenance & RunOrigin;
  }

  writeProvenance(provenance: Provenance & RunOrigin): void {
    this.write(PROVENANCE_FILE, jsonText(provenance));
  }

  /** Writes a file as a whole or not at all. */
  write(name: string, content: string | Uint8Array): void {
    const path = join(this.dir, name);
    try {
      writeAtomically(path, content);
    } catch (error) {
      throw new RunError(`cannot write ${path}: ${systemRefusal(error)}`);
    }
  }

  writeStatus(status: RunStatus): void {
    this.write(STATUS_FILE, jsonText(status));
  }

  /** Says that the run has failed, on a disk that is full too. Never throws. */
  writeFailure({ message }: Error): void {
    const status: RunStatus = { status: 'failed', error: message };
    try {
      this.writeStatus(status);
    } catch {
      this.#overwrite(STATUS_FILE, jsonText(status));
    }
  }

  /** Says that the run's process ends before the run does, and gives the folder back. Never throws. */
  writeInterruption(): void {
    try {
      this.writeStatus({ status: 'interrupted' });
    } catch {
      // The process ends in any case.
    }
    this.release();
  }

  /** In its place, whose blocks it has already. */
  #overwrite(name: string, content: string): void {
    try {
      const file = openSync(join(this.dir, name), 'r+');
      try {
        ftruncateSync(file, writeSync(file, content));
      } finally {
        closeSync(file);
      }
    } catch {
      // This was the last way to write it; the caller of the run gets the error of the run anyway.
    }
  }
}

/** The world of the run in a folder. Throws InputError when there is none. */
export async function worldOf(dir: string): Promise<'virtual' | 'live'> {
  checkIsRun(dir);
  // The server of a page asks for no world, and starts without it.
  const { readYaml } = await import('../config/yaml-document.ts');
  const { value } = await readYaml(join(dir, CONFIG_FILE));
  return (value as { world?: string } | null)?.world === 'live' ? 'live' : 'virtual';
}

/**
 * State of a run from its `status.json`; null where it is not there. Throws InputError when
 * damaged.
 */
export function statusOf(dir: string): RunStatus | null {
  const file = join(dir, STATUS_FILE);
  if (!existsSync(file)) return null;
  const advice = ['put it back from a copy, or remove it: the journal contains the same'];
  return readJsonFile(file, statusSchema, advice) as unknown as RunStatus;
}

/** Whether the run in a folder has come to its own end. */
export function hasEnded(dir: string): boolean {
  return isOver(statusOf(dir)?.status);
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Throws InputError where there is no folder, or no run in it. */
export function checkIsRun(dir: string): void {
  if (existsSync(join(dir, CONFIG_FILE))) return;
  if (!existsSync(dir)) throw new InputError({ place: { file: dir }, found: 'no such folder' });
  if (!statSync(dir).isDirectory()) {
    throw new InputError({
      place: { file: dir },
      found: 'a file, not a run folder',
      advice: ['expected the folder that `edgemlsim run` printed at its end'],
    });
  }
  const isBegun = readdirSync(dir).length > 0 && isBarelyMade(dir);
  throw new InputError({
    place: { file: dir },
    found: 'not a run folder: there is no config.resolved.yaml',
    advice: [
      isBegun
        ? `the run in it did not come to its beginning: start it again with --out ${dir}`
        : 'expected the folder that `edgemlsim run` printed at its end',
    ],
  });
}

/**
 * Files that a run writes before it has begun: with its config, written last, it can be resumed.
 */
const BEGINNINGS = [
  'checkpoints',
  PROVENANCE_FILE,
  `${PROVENANCE_FILE}.partial`,
  `${CONFIG_FILE}.partial`,
];

/** Whether a folder is empty, or holds only what a run left that failed before it began. */
export function isBarelyMade(dir: string): boolean {
  const names = readdirSync(dir).filter((name) => !isOfLock(name));
  const checkpoints = join(dir, 'checkpoints');
  return (
    names.every((name) => BEGINNINGS.includes(name)) &&
    (!existsSync(checkpoints) || readdirSync(checkpoints).length === 0)
  );
}

function removeBeginnings(dir: string): void {
  for (const name of BEGINNINGS) rmSync(join(dir, name), { recursive: true, force: true });
}

function checkIsFree(dir: string): void {
  if (statSync(dir).isDirectory() && isBarelyMade(dir)) return;
  const isRun = existsSync(join(dir, CONFIG_FILE));
  throw new InputError({
    place: { file: dir },
    found: 'the run folder holds something already',
    advice: [
      ...(isRun ? [`to go on with that run: edgemlsim resume ${dir}`] : []),
      `${isRun ? 'or ' : ''}choose another folder with --out`,
    ],
  });
}
