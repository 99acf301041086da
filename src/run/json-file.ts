import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { InputError } from '../errors.ts';
import { systemRefusal } from '../system-refusal.ts';

/**
 * Contents of a JSON file of ours. Throws InputError: it is missing, no JSON, or holds something
 * else than `schema` says. `advice`: the remedy.
 */
export function readJsonFile(file: string, schema: z.ZodType, advice: string[]): unknown {
  const problem = (found: string) => new InputError({ place: { file }, found, advice });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw problem(`${isMissing ? '' : 'cannot be read: '}${systemRefusal(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw problem(text === '' ? 'empty' : `damaged: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return value;
  const { path, message } = parsed.error.issues[0]!;
  throw problem(`damaged: ${path.join('.') || 'the whole'}: ${message}`);
}
