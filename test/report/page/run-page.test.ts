import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pageFiles } from '#src/report/page/formats.js';
import { runPage } from '#src/report/page/run/run-page.js';
import { readRunFacts } from '#src/report/run/run-facts.js';
import { HandMadeJournal, tenSeconds } from '../hand-made-journal.ts';

const runDir = await tenSeconds().save();
writeFileSync(
  join(runDir, 'config.resolved.yaml'),
  'name: tiny\nservers: [{ id: a, layer: edge, rangeM: 30 }]\nlayers: { edge: { aggregate: { rule: krum, f: 2 } } }\n',
);
const noMap = { why: 'the trace is gone.' };
const page = await runPage(await readRunFacts(runDir), noMap);
const { 'report.html': html = '', 'report.md': markdown = '' } = await pageFiles(
  ['html', 'md'],
  async () => page,
);
const figure = (id: string) => page.figures.find((each) => each.id === id)!;
const rowsOf = (id: string) => {
  const found = figure(id);
  return 'data' in found ? found.data.rows : found.why;
};

test('figures hold what the journal says, and their data is in the page as a table and as CSV', () => {
  // Evaluated at 0, 5 and 10 s.
  expect(rowsOf('accuracy')).toHaveLength(3);
  // w1 was at a from 0 to 4 s, then at b until 8 s; w2 at a from 2 s on, until the end cut it off.
  expect(rowsOf('contacts')).toEqual([
    ['w1', 'a', 0, 4, false],
    ['w1', 'b', 4, 8, false],
    ['w2', 'a', 2, 10, true],
  ]);
  expect(html).toContain('w1,a,0,4,false%0Aw1,b,4,8,false%0A');
  expect(html).toMatch(/<tr><th scope="row">w1<\/th><td>a<\/td><td class="number">0<\/td>/);
});

test('seven gradients of two workers end as the journal says', () => {
  const rows = rowsOf('participation') as (string | number)[][];
  const sum = (column: number) => rows.reduce((total, row) => total + Number(row[column]), 0);
  // Aggregated, dropped, lost, in flight at the end.
  expect([1, 2, 3, 4].map(sum)).toEqual([3, 2, 1, 1]);
});

test('a figure without data is left out with a sentence, and no picture of it is drawn', () => {
  for (const id of ['tree', 'byzantine-selection', 'class-accuracy']) {
    expect(figure(id)).toEqual({
      id,
      title: expect.any(String),
      why: expect.stringMatching(/\.$/),
    });
    expect(html).not.toContain(`id="figure-${id}"`);
    expect(html).toContain((figure(id) as { why: string }).why);
  }
});

test('methods, config, commands and citation are those of the run', () => {
  expect(page.methods.join(' ')).toContain(
    'Servers of layer edge aggregated by the rule krum (f = 2).',
  );
  expect(html).toContain('aggregate: { rule: krum, f: 2 }');
  expect(page.commands.at(-1)!.command).toBe(`edgemlsim report ${runDir}`);
  expect(html).toContain('@software{edgemlsim,');
  expect(markdown).toContain('## Methods');
});

test('the page asks for nothing outside of itself', () => {
  const addresses = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address]) => address!);
  expect(addresses.length).toBeGreaterThan(10);
  for (const address of addresses) expect(address).toMatch(/^(#|data:text\/csv)/);
  expect(html).not.toMatch(/@import|url\((?!#)/);
});

test('a run that has not ended says so', async () => {
  const begun = new HandMadeJournal().start();
  begun.at(3, { type: 'associate', worker: 'w1', server: 'a', previous: null, handover: false });
  const { summary, figures } = await runPage(await readRunFacts(await begun.save()), noMap);
  expect(summary[0]).toBe(
    'This run has not come to its end: what follows is true up to 3 s of simulated time.',
  );
  expect(figures.filter((each) => 'why' in each).map(({ id }) => id)).toContain('accuracy');
});

test('names that look like markup stay text, in the page and in its pictures', async () => {
  const evil = '<script>alert("1")</script>&\'"><img src=x onerror=alert(1)>';
  const journal = new HandMadeJournal().start([evil, 'b'], evil);
  journal.at(0, { type: 'associate', worker: evil, server: evil, previous: null, handover: false });
  journal.at(6, { type: 'associate', worker: evil, server: 'b', previous: evil, handover: true });
  journal.at(9, { type: 'associate', worker: evil, server: null, previous: 'b', handover: false });
  const dir = await journal.save();
  writeFileSync(join(dir, 'config.resolved.yaml'), `name: ${JSON.stringify(evil)}\n`);
  const made = await runPage(await readRunFacts(dir), noMap);
  const { 'report.html': text = '' } = await pageFiles(['html'], async () => made);
  // One script only: the page's own.
  expect(text.match(/<script/g)).toHaveLength(1);
  expect(text).not.toMatch(/<img/);
  expect(text).toContain('&lt;script&gt;alert(');
});

test('the map has the places of the servers and how many workers each had on average', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9"><g/></svg>';
  const sites = [{ server: 'a', xM: 1, yM: 2, rangeM: 30 }];
  const facts = await readRunFacts(runDir);
  const { figures } = await runPage(facts, { svg, sites });
  // w1 for 4 s and w2 for 8 s, of 10 s.
  expect(figures.at(-1)).toMatchObject({ id: 'map', data: { rows: [['a', 1, 2, 30, 1.2]] } });
  const without = await runPage(facts, noMap);
  expect(without.figures.at(-1)).toEqual({ id: 'map', title: 'Map', why: 'the trace is gone.' });
});
