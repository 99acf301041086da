import { InputError } from '../errors.ts';

/** A file's header may not be longer, as in the format's own reader. */
const HIGHEST_HEADER_LENGTH = 100_000_000;

/** Data begins at a multiple of this many bytes. */
const ALIGNMENT = 8;

/** Bytes of one element. */
const elementLengths: Readonly<Record<string, number>> = {
  ...{ BOOL: 1, U8: 1, I8: 1, F8_E5M2: 1, F8_E4M3: 1, U16: 2, I16: 2, F16: 2, BF16: 2 },
  ...{ U32: 4, I32: 4, F32: 4, U64: 8, I64: 8, F64: 8 },
};

export interface Tensor {
  name: string;
  /** The type of an element, for instance `F32`. */
  dtype: string;
  shape: readonly number[];
  /** Its elements, little-endian, row after row. */
  bytes: Uint8Array;
}

interface TensorFile {
  tensors: Tensor[];
  metadata: Record<string, string>;
}

/**
 * The bytes of a safetensors file: the header's length as 8 bytes, little-endian; the header, a
 * JSON object from names to dtype, shape and data_offsets, padded with spaces; the data without
 * gaps, in the order given.
 *
 * Source: https://github.com/huggingface/safetensors, "Format".
 */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const entries = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) entries.set('__metadata__', metadata);
  let end = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    if (entries.has(name)) throw new RangeError(`Two tensors have the name "${name}"`);
    entries.set(name, { dtype, shape, data_offsets: [end, end + bytes.length] });
    end += bytes.length;
  }
  const members = [...entries].map(
    ([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`,
  );
  let header = Buffer.from(`{${members.join(',')}}`);
  const padding = (ALIGNMENT - (header.length % ALIGNMENT)) % ALIGNMENT;
  header = Buffer.concat([header, Buffer.alloc(padding, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...tensors.map((tensor) => tensor.bytes)]);
}

/**
 * The tensors of a safetensors file, in the order in which their data lie. Their bytes are views.
 *
 * Throws InputError for what the format forbids: a header that is too long or no such JSON object,
 * data that overlap, leave a gap, reach beyond the file or do not fit dtype and shape.
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): TensorFile {
  const { header, data } = cutHeader(bytes, file);
  const metadata = readMetadata(header, file);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => readEntry(name, entry, file))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  let end = 0;
  for (const { name, from, to } of entries) {
    if (to > data.length) {
      throw broken(file, `tensor "${name}" ends at byte ${to} of ${data.length} bytes of data`);
    }
    if (from < end) throw broken(file, `tensor "${name}" overlaps the one before it`);
    if (from > end) throw broken(file, `${from - end} unused bytes before tensor "${name}"`);
    end = to;
  }
  if (end < data.length) throw broken(file, `${data.length - end} unused bytes at the end`);
  const tensors = entries.map(({ name, dtype, shape, from, to }) => {
    return { name, dtype, shape, bytes: data.subarray(from, to) };
  });
  return { tensors, metadata };
}

function cutHeader(
  bytes: Uint8Array,
  file: string,
): { header: Record<string, unknown>; data: Uint8Array } {
  if (bytes.length < 8) throw broken(file, `${bytes.length} bytes are too few`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > HIGHEST_HEADER_LENGTH) {
    throw broken(
      file,
      `the header's length is ${length}, at most ${HIGHEST_HEADER_LENGTH} is allowed`,
    );
  }
  if (8 + length > bytes.length) {
    throw broken(file, `the header's length is ${length}, the file's ${bytes.length}`);
  }
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  let header: unknown;
  try {
    header = text.startsWith('{') ? JSON.parse(text) : undefined;
  } catch {
    // Reported below, as any other header that is no object.
  }
  if (!isObject(header)) throw broken(file, 'the header is no JSON object');
  // A view of our own: the slice of a Buffer is no copy, and the caller may have given one.
  const data = new Uint8Array(
    bytes.buffer,
    bytes.byteOffset + 8 + length,
    bytes.length - 8 - length,
  );
  return { header, data };
}

function readMetadata(header: Record<string, unknown>, file: string): Record<string, string> {
  if (!Object.hasOwn(header, '__metadata__')) return {};
  const metadata = header.__metadata__;
  if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw broken(file, '__metadata__ is no object of strings');
  }
  return metadata as Record<string, string>;
}

function readEntry(name: string, entry: unknown, file: string) {
  if (!isObject(entry)) throw broken(file, `the entry of tensor "${name}" is no object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  const elementLength =
    typeof dtype === 'string' && Object.hasOwn(elementLengths, dtype)
      ? elementLengths[dtype]!
      : undefined;
  if (elementLength === undefined) {
    throw broken(file, `tensor "${name}" has the unknown dtype ${JSON.stringify(dtype)}`);
  }
  if (!isCounts(shape)) throw broken(file, `tensor "${name}" has no shape of whole numbers`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw broken(file, `tensor "${name}" has no data_offsets [from, to]`);
  }
  const [from, to] = offsets as [number, number];
  const length = shape.reduce((product, size) => product * size, elementLength);
  if (to - from !== length) {
    const needs = `${dtype} [${shape.join(', ')}] needs ${length}`;
    throw broken(file, `tensor "${name}" has ${to - from} bytes, ${needs}`);
  }
  return { name, dtype: dtype as string, shape, from, to };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0);
}

function broken(file: string, found: string): InputError {
  return new InputError({
    place: { file },
    found: `not a valid safetensors file: ${found}`,
    advice: ['expected a file as edgemlsim or the safetensors library writes it'],
  });
}
