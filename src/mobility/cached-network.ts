import { statSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import type { EntryReader } from '../content-cache.ts';
import { sha256Of } from '../sha256-of.ts';
import { throughCache } from '../user-cache.ts';
import { type Network, readNetwork } from './network.ts';
import { readStreets, type Street } from './streets.ts';

/** As `readNetwork`, from the user's cache where the same bytes were read before. Throws InputError. */
export function cachedNetwork(file: string): Promise<Network> {
  return cached('network', file, readNetwork);
}

/** As `readStreets`, from the user's cache where the same bytes were read before. Throws InputError. */
export function cachedStreets(file: string): Promise<Street[]> {
  return cached('streets', file, readStreets);
}

/** Throws for what can be read only once. */
export function contentHash(file: string): string {
  if (!statSync(file).isFile()) throw new Error('not a file');
  return sha256Of(file);
}

async function cached<Value>(
  kind: string,
  file: string,
  read: (file: string) => Promise<Value>,
): Promise<Value> {
  const codec = {
    encode: (value: Value) => [serialize(value)],
    decode: (reader: EntryReader) => deserialize(reader.next()) as Value,
  };
  const inputs = () => [file, contentHash(file)];
  return (await throughCache(kind, inputs, codec, () => read(file))).value;
}
