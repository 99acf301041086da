import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pageFiles } from '#src/report/page/formats.js';
import { cliques } from '#src/report/page/study/ranks.js';
import { studyPage } from '#src/report/page/study/study-page.js';
import { readStudyFacts } from '#src/report/study/study-report.js';
import { temporaryFolder } from '../../temporary-folder.ts';
import { HandMadeJournal } from '../hand-made-journal.ts';

const EVIL = '<b onclick="x">mean</b>';
const ATTACKS = ['none', 'sign-flip'];
const RULES = [EVIL, 'krum', 'median'];
const SEEDS = [1, 2];

/** Final accuracies: by rule, then by attack; a seed adds a hundredth. */
const FINAL = [
  [0.9, 0.1],
  [0.8, 0.7],
  [0.85, 0.8],
];

async function smallStudy() {
  const studyDir = temporaryFolder('study');
  const runs = [];
  for (const [r, rule] of RULES.entries()) {
    for (const [a, attack] of ATTACKS.entries()) {
      for (const seed of SEEDS) {
        const folder = `r${r}-a${a}/seed-${seed}`;
        mkdirSync(join(studyDir, folder), { recursive: true });
        const journal = new HandMadeJournal().start(['a'], 'small', seed);
        for (const [i, accuracy] of [0.1, FINAL[r]![a]! + seed / 100].entries()) {
          if (i > 0) {
            const update = { round: i, version: i, gradients: 4 * i, learningRate: 1 };
            journal.at(i * 10, { type: 'updated', server: 'cloud', ...update });
          }
          journal.at(i * 10, {
            ...{ type: 'evaluated', server: 'cloud', round: i, version: i, epoch: 0 },
            ...{ gradients: 4 * i, split: 'test', accuracy, loss: 1 - accuracy },
          });
        }
        await journal.save(join(studyDir, folder));
        const config = { name: 'x', seed, layers: { edge: { aggregate: { rule } } } };
        writeFileSync(join(studyDir, folder, 'config.resolved.yaml'), JSON.stringify(config));
        runs.push({
          arm: `${rule}, ${attack}`,
          levels: { rule, attack },
          variant: null,
          seed,
          folder,
        });
      }
    }
  }
  const options = { window: 1, reach: [0.5], compare: 'rule' };
  return readStudyFacts(studyDir, EVIL, runs, options);
}

const page = await studyPage(await smallStudy());
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

test('the summary says what was best, and why there is no verdict', () => {
  expect(page.summary[0]).toBe(
    `The best final accuracy is 91.5 %, of ${EVIL}, none; the worst one 11.5 %, of ${EVIL}, sign-flip.`,
  );
  expect(page.summary.join(' ')).toContain('no verdict by the signed-rank test');
});

test('what the arms differ in is told, and the rest is one description', () => {
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
