import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { InputError } from '../errors.ts';
import {
  type JournalMark,
  journalBytes,
  journalDamage,
  journalStartAt,
  journalStartOver,
} from '../journal/journal-prefix.ts';
import type { JournalStart } from '../journal/writer.ts';
import { type CheckpointHead, decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.ts';
import type { RunFolder } from './run-folder.ts';

const ENDING = '.checkpoint';

/** Where a run goes on. */
export interface Resumption<State> {
  /** Null: from the beginning. */
  checkpoint: (State & CheckpointHead) | null;
  start: JournalStart;
  /** Warnings for the user, one line each. */
  notices: string[];
}

/** Returns the file's name and size; older checkpoints than the last `keep` are removed. */
export function writeCheckpoint(
  folder: RunFolder,
  checkpoint: CheckpointHead,
  keep: number,
): { file: string; bytes: number } {
  const bytes = encodeCheckpoint(checkpoint);
  const event = String(checkpoint.journal.nextEvent).padStart(12, '0');
  const file = `checkpoints/${event}${ENDING}`;
  mkdirSync(folder.checkpointsDir, { recursive: true });
  folder.write(file, bytes);
  for (const old of namesIn(folder).slice(keep)) {
    rmSync(join(folder.checkpointsDir, old), { force: true });
  }
  return { file, bytes: bytes.length };
}

/**
 * The newest intact checkpoint of this run; without any file, the beginning. Damaged files, and
 * those that need more of the journal than there is, are renamed. Throws InputError, before any
 * change, when the journal was altered or none of several files can be used.
 */
export async function goBack<State extends object>(
  folder: RunFolder,
  run: string,
  shape: z.ZodType,
): Promise<Resumption<State>> {
  const { journalFile } = folder;
  const names = namesIn(folder);
  const unusable: { name: string; why: string }[] = [];
  let damage: InputError | undefined;
  for (const [index, name] of names.entries()) {
    const read = readCheckpoint<State>(folder, name, run, shape);
    if ('why' in read) {
      unusable.push({ name, why: read.why });
      continue;
    }
    const { journal, wallTimeS } = read.checkpoint;
    const start = await journalStartAt(journalFile, { ...journal, wallTimeS });
    if (start !== null) {
      const notices = unusable.map((each) => setAside(folder, each));
      return { checkpoint: read.checkpoint, start, notices };
    }
    const older = names.slice(index + 1).flatMap((each) => {
      const found = readCheckpoint<State>(folder, each, run, shape);
      return 'why' in found ? [] : [{ name: each, mark: found.checkpoint.journal }];
    });
    const marks = older.map(({ mark }) => mark);
    damage ??= await journalDamage(journalFile, journal, marks, (lastGood) =>
      waysOut(folder, names.slice(0, index + 1), older, lastGood),
    );
    const held = journalBytes(journalFile);
    // Truncating would destroy what was changed; a journal that only ends too early loses no more.
    if (held >= journal.bytes) throw damage;
    const why = `needs ${journal.bytes} bytes of the journal, which ends after ${held}`;
    unusable.push({ name, why });
  }
  if (damage !== undefined) throw damage;
  if (unusable.length > 0) throw noCheckpoint(folder, unusable);
  return { checkpoint: null, start: await journalStartOver(journalFile), notices: [] };
}

function readCheckpoint<State extends object>(
  folder: RunFolder,
  name: string,
  run: string,
  shape: z.ZodType,
): { checkpoint: State & CheckpointHead } | { why: string } {
  return decodeCheckpoint<State & CheckpointHead>(
    readFileSync(join(folder.checkpointsDir, name)),
    run,
    shape,
  );
}

/** Remedies for a journal that was changed. */
function waysOut(
  folder: RunFolder,
  newer: readonly string[],
  older: readonly { name: string; mark: JournalMark }[],
  lastGood: JournalMark | null,
): string[] {
  const restore = 'put the journal back from a copy';
  if (lastGood === null) {
    const again = `or begin again from the start: remove ${folder.checkpointsDir}`;
    return [restore, again];
  }
  const kept = older.findIndex(({ mark }) => mark === lastGood);
  const away = [...newer, ...older.slice(0, kept).map(({ name }) => name)];
  const files = away.map((name) => join(folder.checkpointsDir, name)).join(' ');
  return [
    restore,
    `or go on from event ${lastGood.nextEvent}, up to which it is whole: remove ${files}`,
  ];
}

function setAside(folder: RunFolder, { name, why }: { name: string; why: string }): string {
  const file = join(folder.checkpointsDir, name);
  renameSync(file, `${file}.unusable`);
  return `${file}: ${why}: goes on from the one before (renamed to ${name}.unusable)`;
}

function noCheckpoint(
  folder: RunFolder,
  unusable: readonly { name: string; why: string }[],
): InputError {
  const advice = [`to begin again from the start: remove ${folder.checkpointsDir}`];
  return new InputError(
    unusable.map(({ name, why }, index) => ({
      place: { file: join(folder.checkpointsDir, name) },
      found: why,
      advice: index === unusable.length - 1 ? advice : [],
    })),
  );
}

/** Newest first. */
function namesIn({ checkpointsDir }: RunFolder): string[] {
  const names = existsSync(checkpointsDir) ? readdirSync(checkpointsDir) : [];
  return names
    .filter((name) => name.endsWith(ENDING))
    .sort()
    .reverse();
}
