import { join } from 'node:path';
import { versions } from 'node:process';
import { ContentCache, type EntryReader } from './content-cache.ts';
import { NO_CACHE } from './no-cache.ts';
import { packageVersion, programBuild } from './package-version.ts';
import { userCacheFolder } from './user-cache-folder.ts';

/** That of this user and this build of the program; null where nothing is cached. */
export function userContentCache(): ContentCache | null {
  if (process.env[NO_CACHE]) return null;
  const build = programBuild();
  // What these very modules make of an input is not known: they may have been changed since.
  if (build === null) return null;
  // Another engine may write values that this one cannot read.
  const program = `${packageVersion()} ${build} ${versions.v8}`;
  return new ContentCache(join(userCacheFolder(), 'inputs'), program);
}

/**
 * What `make` makes of inputs, read from the cache where the same was made before. `inputs` are read again
 * after `make`: an entry is kept only where they are still the same. Null, or a failure: not cached.
 */
export async function throughCache<Value>(
  kind: string,
  inputs: () => unknown,
  codec: { encode(value: Value): Iterable<Uint8Array>; decode(reader: EntryReader): Value },
  make: () => Promise<Value>,
): Promise<{ value: Value; entry: string | null }> {
  const cache = userContentCache();
  const nameNow = () => {
    try {
      const given = inputs();
      return cache === null || given === null ? null : cache.nameOf(kind, given);
    } catch {
      return null;
    }
  };
  const name = nameNow();
  if (cache === null || name === null) return { value: await make(), entry: null };
  const kept = cache.read(name, codec.decode);
  if (kept !== null) return { value: kept, entry: name };
  const value = await make();
  const isSame = nameNow() === name;
  if (isSame) cache.write(name, codec.encode(value));
  return { value, entry: isSame ? name : null };
}
