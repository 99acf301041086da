import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { pageFiles } from '#src/report/page/formats.js';
import { runPage } from '#src/report/page/run/run-page.js';
import { studyPage } from '#src/report/page/study/study-page.js';
import { readRunFacts } from '#src/report/run/run-facts.js';
import { pathsOf, testNeeding } from '../../needs.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { tenSeconds } from '../hand-made-journal.ts';
import { threeRules } from './three-rules.ts';

interface Finding {
  id: string;
  impact: string | null;
  nodes: { html: string }[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const test = testNeeding({ programs: ['chromium'] });

test('a browser shows the report: tables sort and filter, axe finds nothing serious, paper is light', async () => {
  const page = await runPage(await readRunFacts(await tenSeconds().save()), { why: 'no trace.' });
  const rows = Array.from({ length: 12 }, (_, index) => [`row ${index}`, (index * 7) % 12]);
  const columns = [
    { name: 'name', type: 'text' as const, unit: null, meaning: 'name' },
    { name: 'value', type: 'integer' as const, unit: null, meaning: 'value' },
  ];
  page.tables.push({ id: 'twelve', title: 'Twelve', caption: 'Twelve.', data: { columns, rows } });
  const { 'report.html': html = '' } = await pageFiles(['html'], async () => page);
  const file = join(temporaryFolder('page'), 'report.html');
  writeFileSync(file, html);

  const executablePath = pathsOf('chromium')[0]!;
  // Half a second of a core, where there may be no browser.
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    // The page's policy lets only its own script run; axe is a guest.
    const context = await browser.newContext({ bypassCSP: true, offline: true });
    const tab = await context.newPage();
    const said: string[] = [];
    tab.on('console', (message) => said.push(message.text()));
    tab.on('pageerror', (error) => said.push(error.message));
    await tab.goto(`file://${file}`);

    const table = tab.locator('#table-twelve');
    const values = () => table.locator('tbody tr:not([hidden]) td').allTextContents();
    const ascending = rows.map(([, value]) => Number(value)).sort((a, b) => a - b);
    await table.getByRole('button', { name: 'value' }).click();
    expect(await values()).toEqual(ascending.map(String));
    await table.getByRole('button', { name: 'value' }).click();
    expect(await values()).toEqual(ascending.toReversed().map(String));
    expect(await table.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
    await table.getByRole('searchbox').fill('row 10');
    expect(await values()).toEqual(['10']);
    expect(await table.getByRole('status').textContent()).toBe('1 of 12 rows');

    expect(await seriousFindings(tab)).toEqual([]);
    await tab.emulateMedia({ colorScheme: 'dark', media: 'print' });
    const paper = 'getComputedStyle(document.body).backgroundColor';
    expect(await tab.evaluate(paper)).toBe('rgb(255, 255, 255)');
    expect(await tab.locator('nav').isVisible()).toBe(false);
    const ofStudy = await pageFiles(['html'], async () => studyPage(await threeRules()));
    writeFileSync(file, ofStudy['report.html']!);
    await tab.goto(`file://${file}`);
    expect(await tab.locator('figure').count()).toBeGreaterThan(5);
    expect(await seriousFindings(tab)).toEqual([]);
    expect(said).toEqual([]);

    writeFileSync(file, html);
    // Without that permission the page's own script still runs, and nothing is refused.
    const strict = await (await browser.newContext()).newPage();
    strict.on('console', (message) => said.push(message.text()));
    await strict.goto(`file://${file}`);
    expect(await strict.locator('#table-twelve thead button').count()).toBe(2);
    expect(said).toEqual([]);
  } finally {
    await browser.close();
  }
}, 120_000);

/** Serious findings of axe, in both colour schemes. */
async function seriousFindings(tab: Page): Promise<string[][]> {
  await tab.addScriptTag({ content: axe });
  // Also what is behind the figures.
  await tab.evaluate(
    'document.querySelectorAll("details").forEach((each) => { each.open = true; })',
  );
  const found: string[][] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await tab.emulateMedia({ colorScheme, media: 'screen' });
    const { violations } = (await tab.evaluate('axe.run()')) as { violations: Finding[] };
    for (const { impact, id, nodes } of violations) {
      if (impact === 'serious' || impact === 'critical')
        found.push([colorScheme, id, nodes[0]!.html]);
    }
  }
  return found;
}
