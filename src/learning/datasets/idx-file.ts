import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { InputError } from '../../errors.ts';

/** Unsigned bytes: the only element type that the MNIST family uses. */
const UNSIGNED_BYTE = 0x08;

/** The array that an IDX file holds. */
export interface IdxArray {
  /** For instance [60000, 28, 28]. */
  shape: readonly number[];
  /** The elements, row after row: a view of the file, not a copy. */
  values: Uint8Array;
}

/** The bytes of a file, unpacked when its name ends in `.gz`. */
export async function readUnpacked(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch(({ code, message }: NodeJS.ErrnoException) => {
    const found = code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${message}`;
    throw new InputError({ place: { file: path }, found });
  });
  if (!path.endsWith('.gz')) return bytes;
  try {
    return await promisify(gunzip)(bytes);
  } catch (error) {
    throw new InputError({
      place: { file: path },
      found: `cannot be unpacked: ${(error as Error).message}`,
      advice: ['the file is damaged or was not downloaded to its end: fetch it again'],
    });
  }
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = bytes.length < 4 ? undefined : view.getUint32(0);
  const wanted = UNSIGNED_BYTE * 256 + dimensions;
  if (magic !== wanted) throw wrongMagic(file, magic, wanted);
  if (bytes.length < headerLength) {
    throw new InputError({
      place: { file },
      found: `ends inside its header, after ${bytes.length} of ${headerLength} bytes`,
      advice: ['fetch the file again'],
    });
  }
  const shape = Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + 4 * index));
  const length = shape.reduce((product, size) => product * size, 1);
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

function wrongMagic(file: string, magic: number | undefined, wanted: number): InputError {
  const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;
  const found =
    magic === undefined
      ? 'is no IDX file: it is shorter than 4 bytes'
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
