import { isUtf8 } from 'node:buffer';
import { BadFrame } from './bad-frame.ts';
import type { Header } from './frame.ts';

/** Deeper than any header needs. */
const DEEPEST = 16;

/**
 * A header as JSON. Throws TypeError where it is not plain data, so that the sender learns of it and
 * not the receiver: JSON would write a NaN as null, and leave out what is undefined.
 */
export function encodeHeader(header: Header): Buffer {
  const fault = faultOfHeader(header);
  if (fault !== null) throw new TypeError(`a frame's header must be plain data: ${fault}`);
  return Buffer.from(JSON.stringify(header));
}

/** A header of plain data. Throws BadFrame where the bytes are anything else. */
export function decodeHeader(bytes: Uint8Array): Header {
  const { buffer, byteOffset, byteLength } = bytes;
  if (!isUtf8(bytes)) throw new BadFrame('header', 'the header is not UTF-8');
  const header = parse(Buffer.from(buffer, byteOffset, byteLength).toString('utf8'));
  const fault = faultOfHeader(header);
  if (fault !== null) throw new BadFrame('header', `the header is no plain data: ${fault}`);
  return header as Header;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadFrame('header', 'the header is not JSON');
  }
}

function faultOfHeader(header: unknown): string | null {
  const isObject = typeof header === 'object' && header !== null && !Array.isArray(header);
  return isObject ? faultOf(header, 0) : 'not an object';
}

/** Why a value is not plain data, in a few words; null if it is. */
function faultOf(value: unknown, depth: number): string | null {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return null;
    case 'number':
      return Number.isFinite(value) ? null : `the number ${value}`;
    case 'object':
      if (value === null) return null;
      if (depth >= DEEPEST) return `nested more than ${DEEPEST} deep`;
      return Array.isArray(value) ? faultOfList(value, depth) : faultOfObject(value, depth);
    default:
      return `a value of type ${typeof value}`;
  }
}

function faultOfList(list: readonly unknown[], depth: number): string | null {
  for (const element of list) {
    const fault = faultOf(element, depth + 1);
    if (fault !== null) return fault;
  }
  return null;
}

function faultOfObject(object: object, depth: number): string | null {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return 'an object of a class';
  for (const [key, value] of Object.entries(object)) {
    // Assigned to an object later it would set the prototype.
    if (key === '__proto__') return 'the key __proto__';
    const fault = faultOf(value, depth + 1);
    if (fault !== null) return fault;
  }
  return null;
}
