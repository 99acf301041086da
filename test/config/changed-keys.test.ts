import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '#src/config/load-config.js';
import { InputError } from '#src/errors.js';

const files = (readdirSync('configs', { recursive: true }) as string[])
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.study.yaml'))
  // It would start SUMO, where there is one.
  .filter((name) => name !== join('traces', 'sumo.yaml'))
  .map((name) => join('configs', name));
const REPLACEMENTS = [null, -1, 0, 0.5, 1e308, 'x', '', true, [], {}, [null], { x: 1 }];

type Step = string | number;

/** Every path to a key or an item. */
function pathsIn(value: unknown, above: Step[] = []): Step[][] {
  if (typeof value !== 'object' || value === null) return [];
  const keys: Step[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => {
    const path = [...above, key];
    return [path, ...pathsIn((value as Record<Step, unknown>)[key], path)];
  });
}

function change(config: unknown, path: Step[], replacement: unknown): void {
  const parent = path
    .slice(0, -1)
    .reduce((at, step) => (at as Record<Step, unknown> | undefined)?.[step], config);
  if (typeof parent !== 'object' || parent === null) return;
  const key = path.at(-1)!;
  if (replacement !== undefined) (parent as Record<Step, unknown>)[key] = replacement;
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete (parent as Record<Step, unknown>)[key];
}

test('a config with keys removed or replaced is valid or an input error, never an internal one', async () => {
  expect(files.length).toBeGreaterThan(5);
  const changes = fc.array(fc.tuple(fc.nat(), fc.constantFrom(undefined, ...REPLACEMENTS)), {
    minLength: 1,
    maxLength: 3,
  });
  const property = fc.asyncProperty(fc.constantFrom(...files), changes, async (file, list) => {
    const config: unknown = parse(readFileSync(file, 'utf8'), { merge: true });
    const paths = pathsIn(config);
    for (const [index, replacement] of list) {
      change(config, paths[index % paths.length]!, structuredClone(replacement));
    }
    const error = await parseConfig(config as never, { folder: dirname(file) }).catch((e) => e);
    if (!(error instanceof Error)) return;
    if (!(error instanceof InputError)) throw error;
    const texts = error.problems.map(({ found }) => found);
    expect(texts).toEqual([...new Set(texts)]);
  });
  await fc.assert(property, { numRuns: 200, seed: 12, endOnFailure: true });
}, 300_000);
