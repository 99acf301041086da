import { createRequire } from 'node:module';
import type * as Jiti from 'jiti';
import { userContentCache } from '../../user-cache.ts';

// Not by an import, which reads CommonJS twice: once for the names that it exports.
export const createJiti = (createRequire(import.meta.url)('jiti') as typeof Jiti).createJiti;

/**
 * A user's file as this engine runs it, from the user's cache where the same was transpiled before: each
 * process and thread of a run loads the file, and what transpiles takes longer to load than a small run.
 */
export function transpiled(options: Jiti.TransformOptions): { code: string } {
  const cache = userContentCache();
  const name = cache?.nameOf('code', options);
  const kept = name && cache!.read(name, (entry) => Buffer.from(entry.next()).toString('utf8'));
  if (kept) return { code: kept };
  const code = createJiti(options.filename ?? '', { fsCache: false }).transform(options);
  if (name) cache!.write(name, [Buffer.from(code)]);
  return { code };
}
