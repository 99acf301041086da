import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { InputError } from '../errors.ts';
import { systemRefusal } from '../system-refusal.ts';
import { writeAtomically } from '../write-atomically.ts';

const TOKEN_BYTES = 32;
/** 128 bits. */
const FEWEST_DIGITS = 32;

/** A new secret: 256 random bits. */
export function newToken(): Buffer {
  return randomBytes(TOKEN_BYTES);
}

/** Writes a secret as hexadecimal digits. Only its owner can read the file. */
export function writeTokenFile(file: string, token: Uint8Array): void {
  writeAtomically(file, `${Buffer.from(token).toString('hex')}\n`, { mode: 0o600 });
}

/** Reads a secret. Throws InputError: not there, too short, or others may read it. */
export function readTokenFile(file: string): Buffer {
  const place = { file };
  const { mode, text } = tokenText(file);
  if ((mode & 0o077) !== 0) {
    throw new InputError({
      place,
      found: `a token that others can read (mode ${(mode & 0o777).toString(8)})`,
      advice: [`chmod 600 ${file}`],
    });
  }
  if (!/^([0-9a-f]{2})+$/i.test(text) || text.length < FEWEST_DIGITS) {
    throw new InputError({
      place,
      found: 'not a token',
      advice: [
        `expected at least ${FEWEST_DIGITS} hexadecimal digits, an even number, from a good source of random numbers`,
        'edgemlsim deploy token FILE makes one',
      ],
    });
  }
  return Buffer.from(text, 'hex');
}

function tokenText(file: string): { mode: number; text: string } {
  try {
    return { mode: statSync(file).mode, text: readFileSync(file, 'utf8').trim() };
  } catch (error) {
    throw new InputError({
      place: { file },
      found: `the token cannot be read: ${systemRefusal(error)}`,
      advice: ['edgemlsim deploy token FILE makes one'],
    });
  }
}
