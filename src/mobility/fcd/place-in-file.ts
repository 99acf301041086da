import { stat } from 'node:fs/promises';
import type { Place } from '../../errors.ts';
import { BrokenGzip, fileBytes } from './bytes.ts';

/**
 * Line and column of a byte, by reading the file once more from its start.
 * Only an error asks for it, so that the reader need not count lines while all is well.
 *
 * In: the offset in the unpacked bytes. Columns count characters of UTF-8. A pipe cannot be read
 * again, so it gets no line.
 */
export async function placeInFile(file: string, offset: number): Promise<Place> {
  if (!(await stat(file)).isFile()) return { file };
  const counter = new PlaceCounter();
  let left = offset;
  try {
    for await (const piece of fileBytes(file)) {
      counter.pass(left < piece.length ? piece.subarray(0, left) : piece);
      left -= piece.length;
      if (left <= 0) break;
    }
  } catch (error) {
    if (!(error instanceof BrokenGzip)) throw error;
  }
  return { file, line: counter.line, column: counter.column };
}

class PlaceCounter {
  line = 1;
  column = 1;

  pass(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === 0x0a) {
        this.line++;
        this.column = 1;
      } else if ((byte & 0xc0) !== 0x80) {
        this.column++;
      }
    }
  }
}
