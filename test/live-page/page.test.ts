import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { loadConfig, startRun } from '#src/index.js';
import { PageServer } from '#src/live-page/server/page-server.js';
import { ServedRun } from '#src/live-page/server/served-run.js';
import { lacking, pathsOf, testNeeding } from '../needs.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const needs = { programs: ['chromium'] } as const;
const it = testNeeding(needs);
const isHere = lacking(needs).length === 0 || process.env.EDGEMLSIM_SKIP_NOTHING;

let folder: string;
let server: PageServer;
let browser: Browser;
let page: Page;
const errors: string[] = [];
// biome-ignore lint/suspicious/noExplicitAny: lines as they are in the file
let journal: any[];

async function serving(at: { port: number; token?: string }): Promise<PageServer> {
  const run = new ServedRun(folder, true);
  await run.refresh();
  return PageServer.open([run], { host: '127.0.0.1', ...at });
}

beforeAll(async () => {
  if (!isHere) return;
  folder = join(temporaryFolder('live-page'), 'run');
  const overrides = [
    ...['layers.edge.aggregate.rule=marginal-median', 'layers.worker.attack.rule=sign-flip'],
    'layers.worker.attack.byzantine={count: 1, scope: per-aggregation}',
    'diagnostics=full',
  ];
  const { config } = await loadConfig('configs/crossing.yaml', { overrides });
  await (await startRun(config, { runDir: folder })).toEnd();
  journal = readFileSync(join(folder, 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  server = await serving({ port: 0 });
  browser = await chromium.launch({
    executablePath: pathsOf('chromium')[0]!,
    args: ['--no-sandbox'],
  });
  page = await browser.newPage({ reducedMotion: 'reduce' });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(server.url);
});
afterAll(async () => {
  await browser?.close();
});

const clock = () => page.textContent('[data-test=clock]');

it('shows a run, steps to an aggregation, and says which vectors of it were Byzantine', async () => {
  await page.waitForSelector('canvas.map-picture');
  expect(await clock()).toBe('0:00:00.0');
  await page.keyboard.press('b');
  await expect.poll(clock).not.toBe('0:00:00.0');
  await page.selectOption('[data-test=log-filter]', { label: 'more than f' });
  await page.click('[data-test=log] button');
  const vectors = page.locator('[data-test=aggregation] tbody tr');
  await vectors.first().waitFor();
  const first = journal.find((line) => line.type === 'aggregated' && line.exceeded);
  expect(first).toBeDefined();
  expect(await vectors.count()).toBe(first.vectors);
  const byzantine = page.locator('[data-test=aggregation] tr.is-byzantine');
  expect(await byzantine.count()).toBe(first.byzantine);
});

it('draws how the vectors of the aggregation lie to each other', async () => {
  const { geometry, byzantine } = journal.find(
    (line) => line.type === 'aggregated' && line.exceeded,
  );
  const [plane, matrix] = await page.locator('[data-test=geometry] svg').all();
  expect(await plane!.locator('g.honest, g.byzantine').count()).toBe(geometry.vectors.length);
  expect(await plane!.locator('g.byzantine').count()).toBe(byzantine);
  expect(await matrix!.locator('rect').count()).toBe(geometry.vectors.length ** 2);
  const row = page.locator('[data-test=aggregation] tbody tr').first();
  expect(await row.locator('td').count()).toBe(5);
});

it('goes to the beginning and to the end by keys', async () => {
  await page.keyboard.press('Home');
  await expect.poll(clock).toBe('0:00:00.0');
  await page.keyboard.press('End');
  const end = await page.textContent('.end');
  await expect.poll(clock).toBe(end);
});

it('has nothing that axe finds serious', async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // By the debugger, since the page's own policy allows no other code.
  await page.evaluate(axe);
  const serious = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run: () => Promise<{
          violations: { id: string; impact: string; nodes: { html: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
  });
  expect(serious).toEqual([]);
  expect(errors).toEqual([]);
});

it('says that its server does not answer any more, and comes back with the next one', async () => {
  const { port, token } = server;
  await server.close();
  const notice = page.getByText('does not answer');
  await notice.waitFor();
  server = await serving({ port, token });
  await notice.waitFor({ state: 'detached' });
  await page.keyboard.press('Home');
  await expect.poll(clock).toBe('0:00:00.0');
  await server.close();
});
