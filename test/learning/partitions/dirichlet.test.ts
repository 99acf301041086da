import { describe, expect, test } from 'vitest';
import { dirichletDraw } from '#src/learning/partitions/dirichlet-draw.js';
import { partitionOf } from '#src/learning/partitions/index.js';
import { labelCounts, stream, tenLabels, total } from './shares.ts';

describe('dirichlet', () => {
  /** Of every owner's share of each label: the mean and the variance over many draws. */
  function moments(alpha: number, owners: number) {
    const shares = Array.from({ length: 300 }, (_, seed) =>
      labelCounts(
        partitionOf({ name: 'dirichlet', alpha, minimumItems: 1 }),
        owners,
        tenLabels,
        seed,
      ).flatMap((counts) => counts.map((count) => count / 100)),
    ).flat();
    const mean = total(shares) / shares.length;
    const variance = total(shares.map((share) => (share - mean) ** 2)) / shares.length;
    return { mean, variance };
  }

  test.each([0.2, 1, 10])(
    'with alpha %d the shares have the moments of the distribution',
    (alpha) => {
      const owners = 4;
      const { mean, variance } = moments(alpha, owners);
      expect(mean).toBeCloseTo(1 / owners, 6);
      // Var = (1/n)(1 - 1/n) / (n alpha + 1); 12 000 shares, of which one in four draws is free.
      const expected = ((1 / owners) * (1 - 1 / owners)) / (owners * alpha + 1);
      expect(variance / expected).toBeGreaterThan(0.9);
      expect(variance / expected).toBeLessThan(1.1);
    },
  );

  test('with alpha 1 a share of a label has the density of Beta(1, owners - 1)', () => {
    const owners = 4;
    const labels = Uint8Array.from({ length: 10_000 }, (_, item) => item % 10);
    const partition = partitionOf({ name: 'dirichlet', alpha: 1, minimumItems: 0 });
    const shares = Array.from({ length: 100 }, (_, seed) =>
      labelCounts(partition, owners, labels, seed)[0]!.map((count) => count / 1000),
    ).flat();
    // Kolmogorov and Smirnov, of 1000 free draws, 0.1 %: 1.95 / sqrt(1000); items are whole thousandths.
    const distance = shares
      .sort((a, b) => a - b)
      .reduce((most, share, i) => {
        const expected = 1 - (1 - share) ** (owners - 1);
        return Math.max(most, Math.abs(expected - (i + 0.5) / shares.length));
      }, 0);
    expect(distance).toBeLessThan(1.95 / Math.sqrt(shares.length) + 0.001);
  });

  test('draws each label apart: the shares of two labels are not correlated', () => {
    const partition = partitionOf({ name: 'dirichlet', alpha: 0.5, minimumItems: 0 });
    const pairs = Array.from({ length: 1000 }, (_, seed) => {
      const [a, b] = labelCounts(partition, 2, tenLabels, seed)[0]!;
      return [a! / 100 - 0.5, b! / 100 - 0.5] as const;
    });
    const sum = (of: (pair: readonly [number, number]) => number) => total(pairs.map(of));
    const correlation =
      sum(([a, b]) => a * b) / Math.sqrt(sum(([a]) => a * a) * sum(([, b]) => b * b));
    // Of a thousand independent pairs: a standard deviation of 0.032.
    expect(Math.abs(correlation)).toBeLessThan(0.11);
  });

  test('draws again until every owner has the wanted number of items', () => {
    const partition = partitionOf({ name: 'dirichlet', alpha: 0.1, minimumItems: 50 });
    for (const counts of labelCounts(partition, 5))
      expect(total(counts)).toBeGreaterThanOrEqual(50);
  });

  test('gives up where that never comes', () => {
    const partition = partitionOf({ name: 'dirichlet', alpha: 0.5, minimumItems: 300 });
    expect(() => labelCounts(partition, 5)).toThrow(
      'in 1000 draws with alpha 0.5, one of 5 owners always had less than 300 train items',
    );
  });

  test('of a tiny alpha gives everything to one', () => {
    const draw = dirichletDraw(1e-5, 4, stream());
    const sum = total(draw);
    expect(Math.max(...draw) / sum).toBeGreaterThan(0.99);
  });
});
