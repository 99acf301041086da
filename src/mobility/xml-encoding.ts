import { InputError } from '../errors.ts';

/** The bytes at the start of a file that give its encoding fit in here. */
const DECLARATION_BYTES = 256;

/** The encoding of an XML file by its first bytes; undefined for UTF-8 and what is part of it. */
export function foreignEncoding(start: Buffer): string | undefined {
  const [first, second] = start;
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  // Without a mark: "<" beside a zero.
  if (first === 0 && second === 0x3c) return 'utf-16be';
  if (first === 0x3c && second === 0) return 'utf-16le';
  const text = start.toString('latin1', 0, DECLARATION_BYTES);
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([^"']+)/.exec(text);
  const name = declared?.[1]?.toLowerCase();
  // A declaration that is read byte by byte is not in UTF-16, whatever it says.
  const isPlain = name === undefined || ['utf-8', 'us-ascii'].includes(name);
  return isPlain || name.startsWith('utf-16') ? undefined : name;
}

/** The text of a whole XML file. Throws InputError for an unknown encoding, and for what is not in it. */
export function decodedXml(bytes: Buffer, file: string): string {
  const encoding = foreignEncoding(bytes) ?? 'utf-8';
  const decoder = decoderFor(encoding, file);
  try {
    return decoder.decode(bytes);
  } catch {
    throw new InputError({ place: { file }, found: notIn(encoding), advice: [WRITE_UTF8] });
  }
}

export const WRITE_UTF8 =
  'write UTF-8, or name the encoding in the first line (<?xml … encoding="…"?>)';

export function notIn(encoding: string): string {
  return `bytes that are no text in ${encoding.toUpperCase()}`;
}

function decoderFor(encoding: string, file: string) {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    const found = `the encoding "${encoding}" is not known`;
    throw new InputError({ place: { file, line: 1, column: 1 }, found, advice: ['write UTF-8'] });
  }
}
