// For every transfer of a run: `expect` takes far longer.
import assert from 'node:assert/strict';
import type { SimulatedLine } from '#src/journal/events.js';

/**
 * Every transfer ends at most once, after it began; a vector that is aggregated has arrived at that
 * node before. Out: how many ended how, and how many are open.
 */
export function checkTransfers(lines: readonly SimulatedLine[], hasOrderedEnds = true) {
  const open = new Map<string, number>();
  const arrived = new Set<string>();
  const counts = { arrived: 0, lost: 0, open: 0 };
  const expectArrived = (what: string, number: number, to: string) => {
    if (hasOrderedEnds)
      assert.ok(arrived.has(`${what} ${number} ${to}`), `${what} ${number} at ${to}`);
  };
  for (const line of lines) {
    switch (line.type) {
      case 'transfer-started':
        open.set(keyOf(line), (open.get(keyOf(line)) ?? 0) + 1);
        break;
      case 'transfer-ended':
        assert.ok((open.get(keyOf(line)) ?? 0) > 0, keyOf(line));
        open.set(keyOf(line), open.get(keyOf(line))! - 1);
        counts[line.outcome] += 1;
        if (line.outcome === 'arrived') arrived.add(`${line.what} ${line.number} ${line.to}`);
        break;
      case 'gradient-ended':
        if (line.outcome === 'aggregated') expectArrived('gradient', line.gradient, line.server);
        break;
      case 'result-ended':
        if (line.outcome === 'aggregated') expectArrived('result', line.result, line.parent);
        break;
      case 'update-ended':
        if (line.outcome === 'aggregated') expectArrived('update', line.update, line.server);
        break;
    }
  }
  counts.open = [...open.values()].reduce((sum, each) => sum + each, 0);
  return counts;
}

function keyOf(line: { from: string; to: string; what: string; number: number }): string {
  return JSON.stringify([line.from, line.to, line.what, line.number]);
}
