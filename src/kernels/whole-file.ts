import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Whether a file is as long as its own header says: an ELF file that was cut short (a copy that broke off)
 * would end the process by a signal when it is loaded. Files of other formats count as whole.
 */
export function isWhole(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(64);
    const length = readSync(file, header, 0, header.length, 0);
    if (header.toString('latin1', 0, 4) !== '\x7fELF') return true;
    if (length < header.length) return false;
    // The table of sections stands at the end.
    const tableLength = header.readUInt16LE(58) * header.readUInt16LE(60);
    return fstatSync(file).size >= Number(header.readBigUInt64LE(40)) + tableLength;
  } finally {
    closeSync(file);
  }
}
