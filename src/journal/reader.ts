import { createHash, type Hash } from 'node:crypto';
import { InputError } from '../errors.ts';
import { problemOfFields } from './event-schema.ts';
import { type HostLine, JOURNAL_FORMAT, type JournalLine, type SimulatedLine } from './events.ts';
import { LineShapes } from './line-shapes.ts';
import { wholeLines } from './whole-lines.ts';

/** Contents of a journal, in numbers. */
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
    let start = 0;
    for (const end of ends) {
      const line = lines.read(block.bytes, start, end);
      counts[isSimulated(line) ? 'simulated' : 'host'] += 1;
      visit(line);
      start = end;
    }
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

/** Checks the lines of one journal after another, from the first one on. */
export class CheckedLines {
  /** The number of the line that comes next. */
  next = 1;
  readonly #file: string;
  readonly #shapes: LineShapes;
  #before = { next: 0, timeUs: 0 };

  /** `hasLists`: whether the lines are wanted with their lists of numbers; without, those may be empty. */
  constructor(file: string, { hasLists = true } = {}) {
    this.#file = file;
    const isValid = (event: unknown) => problemOfFields(event as JournalLine) === null;
    this.#shapes = new LineShapes(isValid, { hasLists });
  }

  /**
   * The line of a block that begins at `start` and ends behind its newline at `end`. One that was refused
   * may be given again. Throws InputError.
   */
  read(block: Buffer, start: number, end: number): JournalLine {
    const known = this.#shapes.read(block, start, end - 1) as SimulatedLine | null;
    const line = known === null ? this.#parsed(block, start, end) : this.#inOrder(known);
    if (isSimulated(line)) this.#before = { next: line.n + 1, timeUs: line.timeUs };
    this.next += 1;
    return line;
  }

  #parsed(block: Buffer, start: number, end: number): JournalLine {
    const { next: number } = this;
    const bytes = block.subarray(start, end);
    const line = checkedLine(
      parseLine(bytes, this.#file, number),
      this.#file,
      number,
      this.#before,
    );
    const problem = (found: string) => {
      return new InputError({ place: { file: this.#file, line: number }, found });
    };
    if (isSimulated(line) !== startsSimulated(bytes)) throw problem('the key "n" is not the first');
    const wrong = problemOfFields(line);
    if (wrong !== null) throw problem(wrong);
    if (isSimulated(line)) this.#shapes.learn(line, block, start, end - 1);
    return line;
  }

  /** A line whose fields are right. */
  #inOrder(line: SimulatedLine): SimulatedLine {
    const { next, timeUs } = this.#before;
    if (line.n !== next || line.timeUs < timeUs) {
      checkedLine(line, this.#file, this.next, this.#before);
    }
    return line;
  }
}

/** Where each line of a block of whole lines ends, behind its newline. */
export function lineEnds(block: Buffer): number[] {
  const ends: number[] = [];
  for (let at = block.indexOf(NEWLINE); at >= 0; at = block.indexOf(NEWLINE, at + 1)) {
    ends.push(at + 1);
  }
  return ends;
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
