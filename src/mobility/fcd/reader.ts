import { InputError, type Place } from '../../errors.ts';
import { placeInText, XmlError } from '../xml.ts';
import { decodedXml, foreignEncoding } from '../xml-encoding.ts';
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
  if (reader === 'document') return readWhole(file, rows);

  const scanner = new FcdScanner(rows);
  let header = fcdHeaderOf('');
  try {
    const isRead = await feed(file, scanner, (start) => {
      header = fcdHeaderOf(start);
    });
    if (!isRead) return await readWhole(file, rows);
  } catch (error) {
    if (!(error instanceof FcdFault)) throw error;
    const { found, advice, offset } = error;
    throw new InputError({ place: await placeInFile(file, offset), found, advice: [...advice] });
  }
  return summary(rows, header, scanner.fallbacks, () => placeInFile(file, rows.firstRowOffset));
}

/**
 * Keeps what a window's end cut through at the front of the next one.
 * Out: false for a file in another encoding than the scanner reads; it has then seen nothing.
 */
async function feed(
  file: string,
  scanner: FcdScanner,
  onStart: (start: Buffer) => void,
): Promise<boolean> {
  let window = Buffer.allocUnsafe(WINDOW_BYTES);
  let kept = 0;
  let offset = 0;
  try {
    for await (const piece of fileBytes(file)) {
      if (offset === 0 && foreignEncoding(piece) !== undefined) return false;
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
  return true;
}

async function readWhole(file: string, rows: FcdRows): Promise<FcdSummary> {
  const text = decodedXml(await wholeBytes(file), file);
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

function summary(
  rows: FcdRows,
  header: FcdHeader,
  fallbacks: number,
  firstRow: () => Promise<Place>,
): FcdSummary {
  const { steps, firstTimeUs, lastTimeUs } = rows;
  return { steps, rows: rows.rows, firstTimeUs, lastTimeUs, header, firstRow, fallbacks };
}
