import { expect } from 'vitest';
import type { Composition } from '#src/compose/compose.js';
import type { SimulatedLine } from '#src/journal/events.js';
import { only } from './only.ts';
import { type TinyInput, tinyInput } from './tiny-config.ts';

/** Two regions of the crossing; x from 205 m to 270 m, where workers are in range, is in neither. */
export const collectingData: TinyInput['data'] = {
  ...tinyInput.data,
  regions: [
    {
      id: 'west',
      polygon: [
        [0, 0],
        [205, 0],
        [205, 400],
        [0, 400],
      ],
      labels: { 0: 2, 1: 1 },
    },
    {
      ...{ id: 'east', cells: { sizeM: 270, list: [[1, 0]] }, labels: { 2: 1 } },
      drift: { change: 'linear', mixes: [{ atS: 40, labels: { 0: 1 } }] },
    },
  ],
  sampling: { samplesPerS: 6, process: 'poisson', buffer: 12 },
};

/**
 * Expects the journal to have every moment for a sample of a fixed rate: of each stay on the map, as many
 * as fit between its begin and its end, or the time up to which it is recorded.
 */
export function expectAllCollected(
  lines: readonly SimulatedLine[],
  { settings }: Composition,
  untilUs: (worker: string) => number,
): void {
  const { stays, repeatUs, samplesPerS, process } = settings.sampling!;
  expect(process).toBe('fixed');
  const found = new Map<string, number>();
  for (const { worker, regions, outside } of only(lines, 'samples-collected')) {
    const samples = Object.values(regions)
      .flat()
      .reduce((sum, each) => sum + each, outside);
    found.set(worker, (found.get(worker) ?? 0) + samples);
  }
  for (const [worker, ofWorker] of stays) {
    let expected = 0;
    for (let laterUs = 0; laterUs < untilUs(worker); laterUs += repeatUs ?? Infinity) {
      for (const { fromUs, toUs } of ofWorker) {
        // One at the very end of a stay is not collected any more, one at the end of the run is.
        const endUs = Math.min(toUs - 1, untilUs(worker) - laterUs) - fromUs;
        if (endUs > 0) expected += Math.floor((endUs * samplesPerS) / 1e6);
      }
    }
    expect(found.get(worker) ?? 0, worker).toBe(expected);
  }
}
