// The entries that never load msgpackr's native addon: these bytes come from strangers.
import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';
import { BadFrame } from './bad-frame.ts';
import type { Header } from './frame.ts';
import { faultOfMessagePack } from './plain-message-pack.ts';

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true });

/**
 * A header as MessagePack. Throws TypeError where it is not plain data, so that the sender hears of
 * it and not the receiver.
 */
export function encodeHeader(header: Header): Uint8Array {
  const bytes = pack(header);
  const fault = faultOfHeader(bytes);
  if (fault !== null) throw new TypeError(`a frame's header must be plain data: ${fault}`);
  return bytes;
}

function pack(header: Header): Uint8Array {
  try {
    return packr.pack(header);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TypeError(`a frame's header must be plain data: ${reason}`, { cause: error });
  }
}

/** A header of plain data, whoever sent it. Throws BadFrame where it is anything else. */
export function decodeHeader(bytes: Uint8Array): Header {
  const fault = faultOfHeader(bytes);
  if (fault !== null) throw new BadFrame('header', `the header is no plain data: ${fault}`);
  return unpackr.unpack(bytes) as Header;
}

function faultOfHeader(bytes: Uint8Array): string | null {
  const fault = faultOfMessagePack(bytes);
  if (fault !== null) return fault;
  const type = bytes[0]!;
  const isMap = (type >= 0x80 && type <= 0x8f) || type === 0xde || type === 0xdf;
  return isMap ? null : 'not an object';
}
