import { createRequire } from 'node:module';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Scalars } from '../run-scalars.ts';

// The package has this module without types.
const crc32c = createRequire(import.meta.url)('crc-32/crc32c.js') as {
  buf: (bytes: Uint8Array) => number;
};

/**
 * The bytes of a TensorBoard event file: a record of the version, then one record for each moment,
 * whose seconds TensorBoard takes as those of a clock.
 *
 * Source: event.proto and summary.proto of TensorBoard (Event: wall_time = 1, step = 2,
 * file_version = 3, summary = 5; Summary: value = 1; Value: tag = 1, simple_value = 2).
 */
export function encodeEventFile(moments: readonly Scalars[]): Uint8Array {
  const version = new BinaryWriter().tag(1, WireType.Bit64).double(moments[0]?.timeS ?? 0);
  version.tag(3, WireType.LengthDelimited).string('brain.Event:2');
  return Buffer.concat([version.finish(), ...moments.map(encodeEvent)].map(encodeRecord));
}

function encodeEvent({ timeS, step, values }: Scalars): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Bit64).double(timeS).tag(2, WireType.Varint).int64(step);
  writer.tag(5, WireType.LengthDelimited).fork();
  for (const { tag, value } of values) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(tag);
    writer.tag(2, WireType.Bit32).float(value).join();
  }
  return writer.join().finish();
}

/**
 * A TFRecord: length as 8 bytes, its masked CRC-32C, the data, theirs.
 *
 * Source: https://www.tensorflow.org/tutorials/load_data/tfrecord, "TFRecords format details".
 */
function encodeRecord(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(8 + 4 + data.length + 4);
  record.writeBigUInt64LE(BigInt(data.length));
  record.writeUInt32LE(maskedCrc(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc(data), 12 + data.length);
  return record;
}

function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c.buf(bytes) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
