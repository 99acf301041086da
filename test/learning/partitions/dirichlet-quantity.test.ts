import { expect, test } from 'vitest';
import { partitionOf } from '#src/learning/partitions/index.js';
import { labelCounts, tenLabels, total } from './shares.ts';

test('dirichlet in quantity has the same labels for all, and sizes as drawn', () => {
  const partition = partitionOf({ name: 'dirichlet-quantity', alpha: 1, minimumItems: 1 });
  const sizes = Array.from({ length: 300 }, (_, seed) =>
    labelCounts(partition, 4, tenLabels, seed).map(total),
  ).flat();
  const variance = total(sizes.map((size) => (size / 1000 - 0.25) ** 2)) / sizes.length;
  // Var = (1/4)(3/4) / 5 = 0.0375.
  expect(variance).toBeGreaterThan(0.0375 * 0.85);
  expect(variance).toBeLessThan(0.0375 * 1.15);
  const large = labelCounts(partition, 2).find((counts) => total(counts) > 400)!;
  for (const count of large) expect(Math.abs(count / total(large) - 0.1)).toBeLessThan(0.05);
});
