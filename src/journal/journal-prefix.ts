import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { InputError } from '../errors.ts';
import { JOURNAL_FORMAT } from './events.ts';
import { eachLine, readJournal, startsSimulated } from './reader.ts';
import { unreadableJournal } from './unreadable-journal.ts';
import { type JournalStart, journalStart } from './writer.ts';

/** How far a journal had come at a checkpoint. */
export interface JournalMark {
  bytes: number;
  /** Over these bytes. */
  sha256: string;
  nextEvent: number;
  nextHostEvent: number;
}

/** 0 where there is no such file. Throws InputError for a folder. */
export function journalBytes(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw unreadableJournal(file, { code: 'EISDIR' });
  return found?.size ?? 0;
}

/**
 * Start of a writer that continues a journal: the journal up to the mark, and the host lines behind
 * it. Null where the journal up to there is not what it was.
 */
export async function journalStartAt(
  file: string,
  mark: JournalMark & { wallTimeS: number },
): Promise<JournalStart | null> {
  const { bytes, nextEvent, nextHostEvent, wallTimeS } = mark;
  if (journalBytes(file) < bytes) return null;
  const [hash, digest] = [createHash('sha256'), createHash('sha256')];
  const torn = await eachLine(
    file,
    (line) => {
      digest.update(line);
      if (startsSimulated(line)) hash.update(line);
    },
    { to: bytes },
  );
  if (torn !== undefined || digest.copy().digest('hex') !== mark.sha256) return null;
  const start = { ...journalStart(), nextEvent, nextHostEvent, hash, bytes, digest, wallTimeS };
  return withHostLines(file, start);
}

/** The beginning of a run, with the host lines of a journal that is there already. */
export async function journalStartOver(file: string): Promise<JournalStart> {
  const start = journalStart();
  return journalBytes(file) === 0 ? start : withHostLines(file, start);
}

/** Takes every host line whose number is the next one. Other lines are computed again. */
async function withHostLines(file: string, start: JournalStart): Promise<JournalStart> {
  let { nextHostEvent, wallTimeS } = start;
  const lines: string[] = [];
  await eachLine(
    file,
    (bytes) => {
      if (startsSimulated(bytes)) return;
      const text = bytes.toString('utf8');
      const line = hostLineOf(text);
      if (line?.host !== nextHostEvent || !(line.wallTimeS >= wallTimeS)) return;
      // The first line of a journal is the one that says its format.
      if (line.host === 0 && line.format !== JOURNAL_FORMAT) return;
      lines.push(text);
      nextHostEvent += 1;
      wallTimeS = line.wallTimeS;
    },
    { from: start.bytes },
  );
  return { ...start, nextHostEvent, wallTimeS, keptLines: lines.join('') };
}

function hostLineOf(text: string): { host: number; wallTimeS: number; format: unknown } | null {
  try {
    const { host, wallTimeS, type, format } = JSON.parse(text);
    return typeof type === 'string' ? { host, wallTimeS, format } : null;
  } catch {
    return null;
  }
}

/**
 * Finds where a journal differs from what it was at `mark`: an InputError with the first line that
 * is no event in its order, else with the two checkpoints between which the difference is.
 * `others`: earlier marks, newest first.
 */
export async function journalDamage(
  file: string,
  mark: JournalMark,
  others: readonly JournalMark[],
  advice: (lastGood: JournalMark | null) => string[],
): Promise<InputError> {
  const problem = (found: string, lastGood: JournalMark | null, line?: number) =>
    new InputError({
      place: { file, ...(line !== undefined && { line }) },
      found,
      advice: [
        `the run's newest checkpoint needs the first ${mark.bytes} bytes of its journal as they were`,
        ...advice(lastGood),
      ],
    });
  const lastGood = await newestMatch(file, others);
  const held = journalBytes(file);
  if (held === 0) return problem('the journal is missing or empty', lastGood);
  if (held < mark.bytes) return problem(`the journal ends after ${held} bytes`, lastGood);
  try {
    await readJournal(file, () => {}, { to: mark.bytes });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { place, found } = error.problems[0]!;
    return problem(found, lastGood, place?.line);
  }
  const wrong = others.filter(({ bytes }) => bytes > (lastGood?.bytes ?? 0)).at(-1) ?? mark;
  const stretch = `between bytes ${lastGood?.bytes ?? 0} and ${wrong.bytes}`;
  return problem(`the journal was changed: its SHA-256 differs ${stretch}`, lastGood);
}

async function newestMatch(
  file: string,
  marks: readonly JournalMark[],
): Promise<JournalMark | null> {
  for (const mark of marks) {
    if ((await prefixDigest(file, mark.bytes)) === mark.sha256) return mark;
  }
  return null;
}

async function prefixDigest(file: string, bytes: number): Promise<string | null> {
  if (journalBytes(file) < bytes) return null;
  const digest = createHash('sha256');
  if (bytes > 0)
    for await (const chunk of createReadStream(file, { end: bytes - 1 })) digest.update(chunk);
  return digest.digest('hex');
}
