import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { InputError, RunError } from '../errors.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.ts';
import { lockFolder } from './folder-lock.ts';
import { isOver, type RunSummary } from './run-summary.ts';

/** What `status.json` says. */
export interface RunStatus {
  status: 'running' | 'failed' | 'interrupted' | RunSummary['status'];
  summary?: RunSummary;
  error?: string;
}

/** How far a journal had come. */
export interface JournalMark {
  bytes: number;
  nextEvent: number;
  nextHostEvent: number;
}

/** What a run goes on from: plain data. */
interface Checkpoint {
  journal: JournalMark;
}

const STATUS_FILE = 'status.json';
const CONFIG_FILE = 'config.resolved.yaml';

/** The files of one run, for one process at a time. */
export class RunFolder {
  readonly dir: string;
  /** Gives the folder back to other processes. */
  readonly release: () => void;

  private constructor(dir: string) {
    this.dir = dir;
    this.release = lockFolder(dir, 'a run');
  }

  /** A new folder. Throws InputError when there is something in it already. */
  static create(dir: string): RunFolder {
    try {
      if (existsSync(dir) && (!statSync(dir).isDirectory() || readdirSync(dir).length > 0)) {
        throw new InputError({
          place: { file: dir },
          found: 'the run folder holds something already',
          advice: [
            `to go on with that run: edgemlsim resume ${dir}`,
            'or choose another folder with --out',
          ],
        });
      }
      mkdirSync(join(dir, 'checkpoints'), { recursive: true });
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new RunError(`cannot make the run folder ${dir}: ${(error as Error).message}`);
    }
    return new RunFolder(dir);
  }

  /** One that a run was started in. */
  static open(dir: string): RunFolder {
    checkIsRun(dir);
    return new RunFolder(dir);
  }

  get configFile(): string {
    return join(this.dir, CONFIG_FILE);
  }

  get journalFile(): string {
    return join(this.dir, 'journal.jsonl');
  }

  get provenanceFile(): string {
    return join(this.dir, 'provenance.json');
  }

  /** Whether the run in it has come to its own end. */
  get isOver(): boolean {
    const file = join(this.dir, STATUS_FILE);
    if (!existsSync(file)) return false;
    const { status } = JSON.parse(readFileSync(file, 'utf8')) as RunStatus;
    return isOver(status);
  }

  /** Writes a file as a whole or not at all. */
  write(name: string, content: string | Uint8Array): void {
    const path = join(this.dir, name);
    const partial = `${path}.partial`;
    try {
      const file = openSync(partial, 'w');
      try {
        writeFileSync(file, content);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(partial, path);
    } catch (error) {
      rmSync(partial, { force: true });
      throw new RunError(`cannot write ${path}: ${(error as Error).message}`);
    }
  }

  writeStatus(status: RunStatus): void {
    this.write(STATUS_FILE, `${JSON.stringify(status, null, 2)}\n`);
  }

  /** Says that the run has failed, on a disk that is full too. Never throws. */
  writeFailure({ message }: Error): void {
    const status: RunStatus = { status: 'failed', error: message };
    try {
      this.writeStatus(status);
    } catch {
      this.#overwrite(STATUS_FILE, `${JSON.stringify(status, null, 2)}\n`);
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
      // There is nothing left to try; whoever started the run is told anyway.
    }
  }

  /** Returns the file's name and size; older checkpoints than the last `keep` are removed. */
  writeCheckpoint<Kind extends Checkpoint>(
    checkpoint: Kind,
    keep: number,
  ): { file: string; bytes: number } {
    const bytes = encodeCheckpoint(checkpoint);
    const event = String(checkpoint.journal.nextEvent).padStart(12, '0');
    const file = `checkpoints/${event}.checkpoint`;
    this.write(file, bytes);
    for (const old of this.#checkpoints().slice(keep)) {
      rmSync(join(this.dir, 'checkpoints', old), { force: true });
    }
    return { file, bytes: bytes.length };
  }

  /**
   * The newest checkpoint that is whole, as is the journal up to there; null without any. Newer ones
   * are removed: the journal that they belong to is lost, and another grows in its place.
   */
  goBackToCheckpoint<Kind extends Checkpoint>(): Kind | null {
    const journalBytes = existsSync(this.journalFile) ? statSync(this.journalFile).size : 0;
    for (const name of this.#checkpoints()) {
      const file = join(this.dir, 'checkpoints', name);
      const checkpoint = decodeCheckpoint(readFileSync(file)) as Kind | null;
      if (checkpoint !== null && checkpoint.journal.bytes <= journalBytes) return checkpoint;
      rmSync(file, { force: true });
    }
    return null;
  }

  /** Names, the newest first. */
  #checkpoints(): string[] {
    const folder = join(this.dir, 'checkpoints');
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names
      .filter((name) => name.endsWith('.checkpoint'))
      .sort()
      .reverse();
  }
}

/** The world of the run in a folder. Throws InputError when there is none. */
export function worldOf(dir: string): 'virtual' | 'live' {
  checkIsRun(dir);
  const config = parse(readFileSync(join(dir, CONFIG_FILE), 'utf8')) as { world?: string };
  return config.world === 'live' ? 'live' : 'virtual';
}

function checkIsRun(dir: string): void {
  if (existsSync(join(dir, CONFIG_FILE))) return;
  throw new InputError({
    place: { file: dir },
    found: 'not a run folder: there is no config.resolved.yaml',
    advice: ['expected the folder that `edgemlsim run` printed at its end'],
  });
}

export function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
