import { InputError } from '../../errors.ts';
import { readUnpacked } from './unpacked-file.ts';

/** Unsigned bytes: the only element type that the MNIST family uses. */
const UNSIGNED_BYTE = 0x08;

/** The array that an IDX file holds. */
export interface IdxArray {
  /** For instance [60000, 28, 28]. */
  shape: readonly number[];
  /** The elements, row after row: a view of the file, not a copy. */
  values: Uint8Array;
}

/** How much of an IDX file is read, with what its header promises: for more a user writes a module. */
const MOST_BYTES = 2 ** 31;
/**
 * Bytes that are read beyond the promised ones, so that the error for a file a little too long
 * names its length.
 */
const SLACK_BYTES = 2 ** 20;

/** The bytes of an IDX file, packed or not; not many more than its header promises. */
export function readIdxFile(path: string, dimensions: number): Promise<Uint8Array> {
  return readUnpacked(path, (head) => {
    const shape = shapeIn(head, dimensions);
    // Of a file that is no IDX file the head is enough to say so.
    if (shape === null) return { bytes: SLACK_BYTES, found: 'not an IDX file', advice: [] };
    const promised = productOf(shape);
    const words = `${promised} bytes of data (${shape.join(' x ')})`;
    if (promised > MOST_BYTES) {
      throw new InputError({
        place: { file: path },
        found: `its header promises ${words}`,
        advice: [`expected at most ${MOST_BYTES}: read it in a file of yours (dataset module)`],
      });
    }
    return {
      bytes: promised + SLACK_BYTES,
      found: `holds far more than its header promises, ${words}`,
      advice: ['the file is damaged or not IDX: fetch it again'],
    };
  });
}

/**
 * An IDX file of bytes with `dimensions` dimensions.
 *
 * The format: two zero bytes, the element type, the number of dimensions, then the size of each
 * dimension and the elements; whole numbers are big-endian.
 * Throws InputError for anything else, a file that is too short or too long included.
 * Source: LeCun, Cortes, Burges, "The MNIST database", section "File formats".
 */
export function decodeIdx(bytes: Uint8Array, dimensions: number, file: string): IdxArray {
  const headerLength = 4 + 4 * dimensions;
  const magic = bytes.length < 4 ? undefined : viewOf(bytes).getUint32(0);
  const wanted = UNSIGNED_BYTE * 256 + dimensions;
  if (magic !== wanted) throw wrongMagic(file, magic, wanted);
  if (bytes.length < headerLength) {
    throw new InputError({
      place: { file },
      found: `ends inside its header, after ${bytes.length} of ${headerLength} bytes`,
      advice: ['fetch the file again'],
    });
  }
  const shape = shapeIn(bytes, dimensions)!;
  const length = productOf(shape);
  const held = bytes.length - headerLength;
  if (held !== length) {
    throw new InputError({
      place: { file },
      found: `holds ${held} bytes of data, its header says ${length} (${shape.join(' x ')})`,
      advice: [held < length ? 'the file is truncated: fetch it again' : 'the file is not IDX'],
    });
  }
  const values = new Uint8Array(bytes.buffer, bytes.byteOffset + headerLength, length);
  return { shape, values };
}

/** The fields of the header; null where there is no header of `dimensions` dimensions. */
function shapeIn(bytes: Uint8Array, dimensions: number): number[] | null {
  if (bytes.length < 4 + 4 * dimensions) return null;
  const view = viewOf(bytes);
  if (view.getUint32(0) !== UNSIGNED_BYTE * 256 + dimensions) return null;
  return Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + 4 * index));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function productOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function wrongMagic(file: string, magic: number | undefined, wanted: number): InputError {
  const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;
  const found =
    magic === undefined
      ? 'not an IDX file: it is shorter than 4 bytes'
      : `begins with ${hex(magic)}, expected ${hex(wanted)}`;
  const advice = [
    `expected an IDX file of bytes with ${wanted % 256} dimension${wanted % 256 > 1 ? 's' : ''}`,
  ];
  if (magic !== undefined && magic >>> 16 === 0x1f8b) {
    advice.push('the file is packed with gzip: let its name end in .gz');
  }
  if (magic === UNSIGNED_BYTE * 256 + 1) advice.push('this file holds labels, not images');
  if (magic === UNSIGNED_BYTE * 256 + 3) advice.push('this file holds images, not labels');
  return new InputError({ place: { file }, found, advice });
}
