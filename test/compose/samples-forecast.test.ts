import { expect, it } from 'vitest';
import { dealtItems } from '#src/compose/dealt-items.js';
import { previewOf } from '#src/compose/preview.js';
import { crossingTrace, tinyConfig, tinyInput } from '../worlds/tiny-config.ts';

const around = tinyConfig({
  mobility: { trace: crossingTrace, workers: { mode: 'one-per-entity' } },
  data: {
    ...tinyInput.data,
    regions: [{ id: 'around', server: 'left', labels: { 1: 1 } }],
    sampling: { samplesPerS: 10 },
  },
});

// sumo-scenarios/crossing/README.md: four entities are in the range of `left` for 47 s together; the trace
// has 26 s with its last period.
it('a preview says how many samples come, and who is never in a region', async () => {
  const { samples } = await previewOf(around);
  expect(samples!.without.sort()).toEqual(['jump', 'stop']);
  const [region] = samples!.regions;
  expect(region).toMatchObject({ id: 'around', workers: 4 });
  expect(region!.meanInside).toBeCloseTo(47 / 26, 9);
  expect(samples!.perS).toBeCloseTo(470 / 26, 8);
});

it('the data of a config with regions are what workers collect in one pass', async () => {
  const { itemsByOwner, collected } = await dealtItems(around);
  const items = new Map(itemsByOwner.map(({ owner, items }) => [owner, items]));
  // 10 a second from the begin of each stay on: bystander 250 without the one at its very end, clip 8 s
  // and through 10 s. gap is in range for 2.5, 1 and 0.5 s.
  expect(items.get('bystander')).toBe(249);
  expect(Math.abs(items.get('clip')! - 80)).toBeLessThan(2);
  expect(Math.abs(items.get('through')! - 100)).toBeLessThan(2);
  expect(Math.abs(items.get('gap')! - 40)).toBeLessThan(4);
  expect(items.get('stop')).toBe(0);
  const sum = itemsByOwner.reduce((total, { items }) => total + items, 0);
  expect(collected).toEqual({
    seconds: 26,
    regions: [{ owner: 'around', items: sum, labels: [0, sum, 0] }],
  });
});
