import { expect, test } from 'vitest';
import type { Figure } from '#src/report/page/page.js';
import { classAccuracyFigure } from '#src/report/page/run/class-accuracy.js';
import type { RunFacts } from '#src/report/run/run-facts.js';

const evaluatedAt = (timeS: number, recalls: number[]) => ({
  timeUs: timeS * 1e6,
  perClass: recalls.map((recall) => ({ recall })),
});

test('each evaluation has a cell for each class, also the one at the end of the run', async () => {
  const facts = {
    record: { simTimeS: 8 },
    evaluations: [evaluatedAt(0, [0.5, 0]), evaluatedAt(6, [1, 0.25]), evaluatedAt(8, [1, 1])],
  };
  const figure = await classAccuracyFigure(facts as unknown as RunFacts);
  const { svg, data } = figure as Figure;
  const cells = svg.text.matchAll(/d="M[^h"]*h([\d.]+)[^"]*" fill="(rgb|#)/g);
  const widths = [...cells].map(([, width]) => Number(width));
  // Up to 3 s, from there to 7 s, and from there to the end: 3 : 4 : 1, for two classes each.
  const [first] = widths as [number];
  const shares = widths.map((width) => (3 * width) / first);
  for (const [index, share] of [3, 3, 4, 4, 1, 1].entries()) {
    expect(shares[index]).toBeCloseTo(share, 1);
  }
  expect(shares).toHaveLength(6);
  expect(data.rows).toHaveLength(6);
});
