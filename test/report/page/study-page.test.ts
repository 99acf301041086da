import { expect, test } from 'vitest';
import { pageFiles } from '#src/report/page/formats.js';
import { cliques } from '#src/report/page/study/ranks.js';
import { studyPage } from '#src/report/page/study/study-page.js';
import { EVIL, threeRules } from './three-rules.ts';

const page = await studyPage(await threeRules());
const { 'report.html': html = '' } = await pageFiles(['html'], async () => page);
const dataOf = (id: string) => {
  const found = page.figures.find((each) => each.id === id)!;
  return 'data' in found ? found.data.rows : [];
};

test('the heat map has the mean over seeds of each rule under each attack', () => {
  const cell = dataOf('heat-map').find(
    ([rule, attack]) => rule === 'krum' && attack === 'sign-flip',
  )!;
  expect(cell[2]).toBeCloseTo(0.715, 12);
  expect(dataOf('heat-map')).toHaveLength(6);
});

test('differences, profiles and ranks are of the rules over the attacks', () => {
  // Two rules with the baseline, under two attacks.
  expect(dataOf('differences')).toHaveLength(4);
  expect(dataOf('ranks')).toEqual([
    ['median', 1.5],
    [EVIL, 2],
    ['krum', 2.5],
  ]);
  // Every run of krum ends at 0.71 or above.
  const krum = dataOf('profiles').filter(([rule]) => rule === 'krum');
  expect(krum.find(([, value]) => value === 0.71)![2]).toBe(1);
  expect(krum.find(([, value]) => value === 0.73)![2]).toBe(0.5);
});

test('contacts are reported by their durations, workers that are never handed over by a sentence', () => {
  // Of 4 and 6 s, linear in between.
  expect(dataOf('contacts')).toHaveLength(6);
  for (const [, ...values] of dataOf('contacts')) {
    expect(values).toEqual(
      [4.1, 4.5, 5, 5.5, 5.9, 0, 0, 0].map((value) => expect.closeTo(value, 12)),
    );
  }
  const figure = page.figures.find(({ id }) => id === 'contacts')!;
  expect('caption' in figure && figure.caption).toContain('No worker went from one server');
});

test('over a factor that rises, accuracies show where a rule breaks down', () => {
  expect(dataOf('breakdown').filter(([rule]) => rule === 'median')).toEqual([
    ['median', 'none', expect.closeTo(0.865, 12)],
    ['median', 'sign-flip', expect.closeTo(0.815, 12)],
  ]);
});

test('a figure without data says why', () => {
  expect(page.figures.find(({ id }) => id === 'staleness')).toMatchObject({
    why: 'no vector was aggregated.',
  });
});

test('the summary says what was best, and why there is no verdict', () => {
  expect(page.summary[0]).toBe(
    `The best final accuracy is 91.5 %, of ${EVIL}, none; the worst one 11.5 %, of ${EVIL}, sign-flip.`,
  );
  expect(page.summary.join(' ')).toContain('no verdict by the signed-rank test');
});

test('what the arms differ in is reported, and the rest is one description', () => {
  const varied = page.tables.find(({ id }) => id === 'varied')!;
  expect(varied.data.columns.map(({ name }) => name)).toEqual([
    'arm',
    'layers.edge.aggregate.rule',
  ]);
  expect(page.methods.join(' ')).toContain('aggregated by the rule (varied)');
});

test('labels that look like markup stay text', () => {
  expect(html).not.toContain('<b onclick');
  expect(html).toContain('&lt;b onclick=');
  expect(html.match(/<script/g)).toHaveLength(1);
});

test('a bar of the diagram of ranks joins those nearer than the critical difference', () => {
  // 1 and 1.6 are together, 1.6 and 2.4 too, 1 and 2.4 are not; 4 is alone.
  expect(cliques([1, 1.6, 2.4, 4], 1)).toEqual([
    [0, 1],
    [1, 2],
  ]);
  // A group within a longer one has no bar of its own.
  expect(cliques([1, 1.2, 1.4], 1)).toEqual([[0, 2]]);
});
