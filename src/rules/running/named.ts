import type { Chosen } from './chosen.ts';

/** A rule for messages: `aggregator "krum"`; of a user's own with its file. */
export function named(kind: string, { rule, file }: Chosen<{ readonly name: string }>): string {
  return `${kind} "${rule.name}"${file === undefined ? '' : ` (${file})`}`;
}
