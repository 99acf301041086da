import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configDifferences } from '../config-differences.ts';
import type { Provenance } from '../provenance.ts';
import { sha256Of } from '../sha256-of.ts';

/** SHA-256 of a resolved config: the order of its keys does not matter. */
export function configHash(config: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(config)))
    .digest('hex');
}

/** Those that a message shows of each kind. */
const SHOWN = 4;

/** `training.epochs: 2, now 1`, the first few; empty where the configs are the same. */
export function differencesText(before: unknown, now: unknown): string {
  const differences = configDifferences([before, now]);
  const shown = differences
    .slice(0, SHOWN)
    .map(
      ({ path, values: [then, today] }) => `${path}: ${valueText(then)}, now ${valueText(today)}`,
    );
  const more = differences.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more keys`] : [])].join('; ');
}

const hashes = new Map<string, string>();

/** The files that a run was made from and that are not what they were. */
export function changedFiles({ inputs, trace }: Partial<Provenance>): string[] {
  const files = Object.entries(inputs?.files ?? {}).filter(
    ([file, hash]) => currentHash(file) !== hash,
  );
  const traceFiles = trace?.files ?? [];
  const isSameTrace =
    traceFiles.length === 0 || inputs?.trace === hashOfAll(traceFiles.map(currentHash));
  return [...files.map(([file]) => file), ...(isSameTrace ? [] : traceFiles)];
}

/** Read once: the runs of a study are made of the same files. */
function currentHash(file: string): string {
  const known = hashes.get(file);
  if (known !== undefined) return known;
  // Modules have the address that they were loaded from.
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  const hash = existsSync(path) ? sha256Of(path) : 'none';
  hashes.set(file, hash);
  return hash;
}

/** As `provenance.json` has it for a trace of several files. */
function hashOfAll(each: readonly string[]): string {
  return each.length === 1 ? each[0]! : createHash('sha256').update(each.join('\n')).digest('hex');
}

const LONGEST_VALUE = 60;

function valueText(value: unknown): string {
  if (value === undefined) return 'none';
  const text = JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`;
}

/** The value with the keys of every map in alphabetical order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sorted(child)]));
}
