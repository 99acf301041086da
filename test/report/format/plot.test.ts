import { expect, test } from 'vitest';
import { drawSvg } from '#src/report/format/plot.js';

test('a picture has the same text however many were drawn before', async () => {
  const draw = (clips: boolean) =>
    drawSvg({
      data: { values: [0, 1, 2].map((x) => ({ x, y: x * x })) },
      mark: { type: 'line', clip: clips },
      encoding: {
        x: { field: 'x', type: 'quantitative' },
        y: { field: 'y', type: 'quantitative' },
      },
    });
  const first = await draw(true);
  const ids = [...first.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(ids.length).toBeGreaterThan(0);
  expect(new Set(ids).size).toBe(ids.length);
  // Each reference names one that is there.
  for (const [, id] of first.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
  await draw(false);
  expect(await draw(true)).toBe(first);
});
