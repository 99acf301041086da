import { isAscii } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { InputError } from '../errors.ts';
import { problemOfFields } from './event-schema.ts';
import { type HostLine, JOURNAL_FORMAT, type JournalLine, type SimulatedLine } from './events.ts';
import { wholeLines } from './whole-lines.ts';

/** What a journal turned out to hold. */
export interface JournalExtent {
  simulated: number;
  host: number;
  /** As `journalHash` returns it. */
  hash: string;
  /** The last line, when it has no end: the run was killed while writing it. It was not visited. */
  torn?: { line: number; bytes: number };
}

export function isSimulated(line: JournalLine): line is SimulatedLine {
  return 'n' in line;
}

/**
 * Reads a journal from beginning to end, in constant memory, and shows each line to `visit`.
 *
 * A torn last line is reported, not visited. Throws InputError with file and line for anything
 * else that is broken: a first line of another format, a line that is not JSON or not an event, a
 * hole in the numbering of simulated events, time going backwards. `to`: bytes of it that are read.
 */
export async function readJournal(
  file: string,
  visit: (line: JournalLine) => void,
  { to = Number.POSITIVE_INFINITY }: { to?: number } = {},
): Promise<JournalExtent> {
  const lines = new CheckedLines(file);
  const hash = createHash('sha256');
  const counts = { simulated: 0, host: 0 };
  for await (const block of wholeLines(file, 0, to)) {
    if (!block.isEnded) {
      const torn = { line: lines.next, bytes: block.bytes.length };
      return { ...counts, hash: hash.digest('hex'), torn };
    }
    const ends = lineEnds(block.bytes);
    hashSimulated(hash, block.bytes, ends);
    lines.read(block.bytes, ends, (line) => {
      counts[isSimulated(line) ? 'simulated' : 'host'] += 1;
      visit(line);
    });
  }
  return { ...counts, hash: hash.digest('hex') };
}

/** Adds the simulated lines of a block to a hash; those that follow each other at once. */
function hashSimulated(hash: Hash, block: Buffer, ends: readonly number[]): void {
  let hashed = 0;
  let start = 0;
  for (const end of ends) {
    if (!startsSimulated(block, start)) {
      hash.update(block.subarray(hashed, start));
      hashed = end;
    }
    start = end;
  }
  hash.update(block.subarray(hashed, start));
}

/** Lines are parsed together, as the items of one list, which takes two thirds of the time. */
class CheckedLines {
  /** The number of the line that comes next. */
  next = 1;
  readonly #file: string;
  readonly #check: ReturnType<typeof parsedLineChecker>;

  constructor(file: string) {
    this.#file = file;
    this.#check = parsedLineChecker(file);
  }

  /** Shows each line of a block of whole lines, which is of no use afterwards. */
  read(block: Buffer, ends: readonly number[], visit: (line: JournalLine) => void): void {
    const together = parsedTogether(block, ends);
    let start = 0;
    for (const [index, end] of ends.entries()) {
      const value =
        together === null
          ? // One by one, to find the line that is broken.
            parseLine(block.subarray(start, end), this.#file, this.next)
          : together[index];
      visit(this.#check(value, startsSimulated(block, start), this.next));
      this.next += 1;
      start = end;
    }
  }
}

/** Where each line of a block of whole lines ends, behind its newline. */
function lineEnds(block: Buffer): number[] {
  const ends: number[] = [];
  for (let at = block.indexOf(NEWLINE); at >= 0; at = block.indexOf(NEWLINE, at + 1)) {
    ends.push(at + 1);
  }
  return ends;
}

/** The values of all lines; null where they are not a value each. Puts a comma for each newline. */
function parsedTogether(block: Buffer, ends: readonly number[]): unknown[] | null {
  for (const end of ends) block[end - 1] = COMMA;
  try {
    const values = JSON.parse(`[${textOf(block, block.length - 1)}]`) as unknown[];
    return values.length === ends.length ? values : null;
  } catch {
    return null;
  }
}

/** Most journals are ASCII alone, which takes less to read as Latin-1: half the time of the string. */
function textOf(bytes: Buffer, end: number): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8', 0, end);
}

/**
 * Parses and checks one ended line of a journal after another, from the first line on. A line that it
 * has refused may be given again.
 */
export function lineReader(file: string): (bytes: Buffer, number: number) => JournalLine {
  const check = parsedLineChecker(file);
  return (bytes, number) => {
    return check(parseLine(bytes, file, number), startsSimulated(bytes), number);
  };
}

/** Checks the value of one line after another, and whether its bytes start as a simulated one's. */
function parsedLineChecker(file: string) {
  let before = { next: 0, timeUs: 0 };
  return (value: unknown, startsWithNumber: boolean, number: number): JournalLine => {
    const line = checkedLine(value, file, number, before);
    const problem = (found: string) => new InputError({ place: { file, line: number }, found });
    if (isSimulated(line) !== startsWithNumber) throw problem('the key "n" is not the first');
    const wrong = problemOfFields(line);
    if (wrong !== null) throw problem(wrong);
    if (isSimulated(line)) before = { next: line.n + 1, timeUs: line.timeUs };
    return line;
  };
}

/**
 * SHA-256 over the simulated lines, each with its newline; a torn last line is left out.
 * For a whole journal the same as `grep '^{"n":' journal.jsonl | sha256sum`.
 */
export async function journalHash(file: string): Promise<string> {
  return (await hashOfLines(file)).digest('hex');
}

async function hashOfLines(file: string): Promise<Hash> {
  const hash = createHash('sha256');
  await eachLine(file, (line) => {
    if (startsSimulated(line)) hash.update(line);
  });
  return hash;
}

const NEWLINE = 0x0a;
const COMMA = 0x2c;
const SIMULATED_START = Buffer.from('{"n":');

/** Whether a line that begins at `from` is one of a simulated event. */
export function startsSimulated(bytes: Buffer, from = 0): boolean {
  for (let index = 0; index < SIMULATED_START.length; index++) {
    if (bytes[from + index] !== SIMULATED_START[index]) return false;
  }
  return true;
}

/** Calls back with every ended line, newline included; returns what is left without an end. */
export async function eachLine(
  file: string,
  visit: (bytes: Buffer, number: number) => void,
  { from = 0, to = Number.POSITIVE_INFINITY }: { from?: number; to?: number } = {},
): Promise<JournalExtent['torn']> {
  let number = 0;
  for await (const { bytes, isEnded } of wholeLines(file, from, to)) {
    if (!isEnded) return { line: number + 1, bytes: bytes.length };
    let start = 0;
    for (const end of lineEnds(bytes)) {
      number += 1;
      visit(bytes.subarray(start, end), number);
      start = end;
    }
  }
  return undefined;
}

function parseLine(bytes: Buffer, file: string, line: number): unknown {
  const text = bytes.toString('utf8', 0, bytes.length - 1);
  try {
    return JSON.parse(text);
  } catch {
    const start = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    throw new InputError({
      place: { file, line },
      found: `not a JSON value: ${JSON.stringify(start)}`,
      advice: ['only the last line of a journal may be cut off; this file has been damaged'],
    });
  }
}

/** Checks a line against the number and the time of the simulated event before. */
function checkedLine(
  value: unknown,
  file: string,
  line: number,
  { next, timeUs }: { next: number; timeUs: number },
): JournalLine {
  const problem = (found: string, ...advice: string[]) =>
    new InputError({ place: { file, line }, found, advice });
  const event = (value ?? {}) as {
    type?: unknown;
    format?: unknown;
    host?: unknown;
    n?: unknown;
    timeUs?: unknown;
  };
  if (typeof event.type !== 'string') throw problem('not a journal event: it has no type');
  if (line === 1 && (event.type !== 'started' || event.format !== JOURNAL_FORMAT)) {
    const format = JSON.stringify(event.format) ?? 'without a format version';
    throw problem(
      event.type === 'started'
        ? `a journal of format ${format}`
        : `the first line is an event ${event.type}`,
      `expected an event started of format ${JOURNAL_FORMAT}`,
      'another version of edgemlsim has written it, or its first lines are missing',
    );
  }
  if (typeof event.host === 'number') return value as HostLine;
  if (typeof event.n !== 'number') {
    throw problem(
      'not a journal event: it has no number',
      'expected "n" (simulated) or "host" first',
    );
  }
  if (event.n !== next) {
    throw problem(`event ${event.n} where event ${next} was expected`, 'lines are missing');
  }
  if (typeof event.timeUs !== 'number' || event.timeUs < timeUs) {
    throw problem(`time ${event.timeUs} us after ${timeUs} us: time may not go backwards`);
  }
  return value as SimulatedLine;
}
