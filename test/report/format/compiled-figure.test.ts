import { compile, type TopLevelSpec } from 'vega-lite';
import { expect, test } from 'vitest';
import { compiledFigure } from '#src/report/format/compiled-figure.js';

const panel = (values: object[], field: string) => ({
  data: { values },
  mark: { type: 'line', point: true },
  encoding: {
    x: { field, type: 'quantitative', axis: { values: [0, 1, 5] } },
    y: { field: 'y', type: 'quantitative', scale: { domain: [0, 1] } },
  },
});
const figure = (title: object | undefined, own: object[], others: object[]) =>
  ({ ...(title && { title }), hconcat: [panel(own, 'timeS'), panel(others, 'x')] }) as TopLevelSpec;

test.each([
  ['with a title', { text: 'first', subtitle: 'seed 1' }],
  ['of the same form', { text: 'second, "quoted"', subtitle: 'seed 2' }],
  ['without a subtitle', { text: 'third' }],
  ['without a title', undefined],
])('a figure %s is what Vega-Lite makes of it', async (_, title) => {
  const own = [
    { timeS: title?.text.length ?? 0, y: 0.5 },
    { timeS: 5, y: null },
  ];
  const spec = figure(title, own, [{ x: 1, y: 2, values: [{ table: 'of a row' }] }]);
  expect(await compiledFigure(spec)).toEqual(compile(spec).spec);
});
