import { InputError, type Place } from '../../errors.ts';
import { placeInText, XmlError } from '../xml.ts';
import { BrokenGzip, fileBytes, wholeFile } from './bytes.ts';
import { readFcdDocument } from './fcd-document.ts';
import { FcdFault, WRITE_FCD } from './fcd-fault.ts';
import { FcdRows } from './fcd-rows.ts';
import { FcdScanner } from './fcd-scanner.ts';
import type { FcdSink } from './fcd-sink.ts';
import { type FcdHeader, fcdHeaderOf } from './header.ts';
import { placeInFile } from './place-in-file.ts';

interface FcdSummary {
  steps: number;
  rows: number;
  firstTimeUs: number;
  lastTimeUs: number;
  header: FcdHeader;
  /** Place of the first row, for a complaint about the trace as a whole. */
  firstRow: () => Promise<Place>;
  /** Tags the scanner handed to fast-xml-parser. */
  fallbacks: number;
}

/** The bytes at the start of a file that give its encoding fit in here. */
const DECLARATION_BYTES = 256;
/** A piece of a plain file, and a tag that the one before it cut through. */
const WINDOW_BYTES = 1024 * 1024 + 64 * 1024;

/**
 * Reads an FCD trace (SUMO's --fcd-output), plain or gzipped, row by row into `sink`.
 *
 * Memory does not grow with the file, unless it is in another encoding than UTF-8: then
 * fast-xml-parser reads it whole. `reader: 'document'` asks for that way (tests, the bench).
 * Throws InputError with line, column and what to do.
 */
export async function readFcd(
  file: string,
  sink: FcdSink,
  { reader = 'scanner' }: { reader?: 'scanner' | 'document' } = {},
): Promise<FcdSummary> {
  const rows = new FcdRows(sink);
  if (reader === 'document') return readWhole(file, rows, 'utf-8');

  const scanner = new FcdScanner(rows);
  let header = fcdHeaderOf('');
  try {
    const encoding = await feed(file, scanner, (start) => {
      header = fcdHeaderOf(start);
    });
    if (encoding) return await readWhole(file, rows, encoding);
  } catch (error) {
    if (!(error instanceof FcdFault)) throw error;
    const { found, advice, offset } = error;
    throw new InputError({ place: await placeInFile(file, offset), found, advice: [...advice] });
  }
  return summary(rows, header, scanner.fallbacks, () => placeInFile(file, rows.firstRowOffset));
}

/**
 * Keeps what a window's end cut through at the front of the next one.
 * Out: the file's encoding when the scanner cannot read it; it has then seen nothing.
 */
async function feed(
  file: string,
  scanner: FcdScanner,
  onStart: (start: Buffer) => void,
): Promise<string | undefined> {
  let window = Buffer.allocUnsafe(WINDOW_BYTES);
  let kept = 0;
  let offset = 0;
  try {
    for await (const piece of fileBytes(file)) {
      const encoding = offset === 0 ? foreignEncoding(piece) : undefined;
      if (encoding) return encoding;
      if (offset === 0) onStart(piece);
      if (kept + piece.length > window.length) {
        const larger = Buffer.allocUnsafe(2 * (kept + piece.length));
        window.copy(larger, 0, 0, kept);
        window = larger;
      }
      piece.copy(window, kept);
      const end = kept + piece.length;
      offset += piece.length;
      const used = scanner.scan(window, end);
      window.copyWithin(0, used, end);
      kept = end - used;
    }
  } catch (error) {
    if (!(error instanceof BrokenGzip)) throw error;
    const found = error.truncated
      ? 'the gzip file is cut short here (position in the unpacked text)'
      : `the gzip file is damaged here (position in the unpacked text): ${error.message}`;
    throw new FcdFault(offset, found, 'write or copy it again; `gzip -t` checks a file');
  }
  scanner.finish(kept);
  return undefined;
}

async function readWhole(file: string, rows: FcdRows, encoding: string): Promise<FcdSummary> {
  const text = decode(await wholeBytes(file), encoding, file);
  const problem = (line: number, column: number, found: string, advice: readonly string[]) =>
    new InputError({ place: { file, line, column }, found, advice: [...advice] });
  try {
    readFcdDocument(text, rows);
  } catch (error) {
    if (error instanceof XmlError) {
      const found = `not well-formed XML: ${error.message}`;
      throw problem(error.line, error.column, found, [WRITE_FCD]);
    }
    if (!(error instanceof FcdFault)) throw error;
    const { line, column } = placeInText(text, error.offset);
    throw problem(line, column, error.found, error.advice);
  }
  return summary(rows, fcdHeaderOf(text), 0, async () => ({
    file,
    ...placeInText(text, rows.firstRowOffset),
  }));
}

async function wholeBytes(file: string): Promise<Buffer> {
  try {
    return await wholeFile(file);
  } catch (error) {
    if (!(error instanceof BrokenGzip)) throw error;
    const found = error.truncated ? 'the gzip file is cut short' : 'the gzip file is damaged';
    throw new InputError({ place: { file }, found, advice: ['write or copy it again'] });
  }
}

function decode(bytes: Buffer, encoding: string, file: string): string {
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    const found = `the encoding "${encoding}" is not known`;
    throw new InputError({ place: { file, line: 1, column: 1 }, found, advice: ['write UTF-8'] });
  }
}

function summary(
  rows: FcdRows,
  header: FcdHeader,
  fallbacks: number,
  firstRow: () => Promise<Place>,
): FcdSummary {
  const { steps, firstTimeUs, lastTimeUs } = rows;
  return { steps, rows: rows.rows, firstTimeUs, lastTimeUs, header, firstRow, fallbacks };
}

/** The encoding the file's first piece declares, when it is none the scanner reads. */
function foreignEncoding(piece: Buffer): string | undefined {
  if (piece[0] === 0xfe && piece[1] === 0xff) return 'utf-16be';
  if (piece[0] === 0xff && piece[1] === 0xfe) return 'utf-16le';
  const start = piece.toString('latin1', 0, DECLARATION_BYTES);
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([^"']+)/.exec(start);
  const name = declared?.[1]?.toLowerCase();
  return name === undefined || name === 'utf-8' || name === 'us-ascii' ? undefined : name;
}
