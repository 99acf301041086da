import { expect } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';

/**
 * A crashed node does nothing and hears nothing; synchronous: no model comes over a link that is cut.
 * `hearsAtOnce`: everybody knows at once that a node has recovered, as it is where its process stays.
 */
export function checkFailures(
  lines: readonly SimulatedLine[],
  { isSynchronous, hearsAtOnce }: { isSynchronous: boolean; hearsAtOnce: boolean },
): void {
  const down = new Set<string>();
  const cut = new Set<string>();
  for (const line of lines) {
    switch (line.type) {
      case 'crashed':
        expect(down.has(line.node)).toBe(false);
        down.add(line.node);
        break;
      case 'recovered':
        expect(down.delete(line.node)).toBe(true);
        break;
      case 'cut':
        expect(cut.has(line.server)).toBe(false);
        cut.add(line.server);
        break;
      case 'restored':
        expect(cut.delete(line.server)).toBe(true);
        break;
      case 'round-opened':
        expect(down.has(line.server) || (isSynchronous && cut.has(line.server))).toBe(false);
        break;
      case 'aggregated':
      case 'no-result':
        expect(down.has(line.server)).toBe(false);
        break;
      case 'gradient-started':
        expect(down.has(line.worker)).toBe(false);
        break;
      case 'message-lost':
        if (hearsAtOnce && line.reason === 'crashed') expect(down.has(line.to)).toBe(true);
        break;
    }
  }
}
