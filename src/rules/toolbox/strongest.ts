import type { ServerInRange } from '../contract/association-policy.ts';

/** Strengths this near, in dB, count as equal: rounding makes no worker flutter between servers. */
export const EQUAL_DB = 1e-9;

/** The strongest server; the current one where none is stronger by more than `EQUAL_DB`, then the first id. */
export function strongestOf(inRange: readonly ServerInRange[], current: string | null): string {
  const atHand = inRange.find(({ server }) => server === current);
  let best = atHand ?? inRange[0]!;
  for (const other of inRange) {
    if (other.strengthDb - best.strengthDb > EQUAL_DB) best = other;
  }
  return best.server;
}
