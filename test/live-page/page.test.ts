import { appendFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { loadConfig, startRun } from '#src/index.js';
import { AXIS_PX, NAMES_PX, ROW_PX } from '#src/live-page/drawing/paint-timeline.js';
import { PageServer } from '#src/live-page/server/page-server.js';
import { ServedRun } from '#src/live-page/server/served-run.js';
import { lacking, pathsOf, testNeeding } from '../needs.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { askedBy, growingRun } from './growing-run.ts';

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

async function serving(
  at: { port: number; token?: string },
  folders: readonly string[] = [folder],
): Promise<PageServer> {
  const runs = folders.map((each) => new ServedRun(each, true));
  for (const run of runs) await run.refresh();
  return PageServer.open(runs, { host: '127.0.0.1', ...at });
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
  journal = linesIn(folder);
  server = await serving({ port: 0 });
  // Half a second of a core, where there may be no browser.
  const { chromium } = await import('playwright-core');
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

// biome-ignore lint/suspicious/noExplicitAny: lines as they are in the file
function linesIn(run: string): any[] {
  const text = readFileSync(join(run, 'journal.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const clock = () => page.textContent('[data-test=clock]');

it('shows a run, steps to an aggregation, and says which vectors of it were Byzantine', async () => {
  await page.waitForSelector('canvas.map-picture');
  expect(await clock()).toBe('0:00:00.0');
  await page.keyboard.press('b');
  await expect.poll(clock).not.toBe('0:00:00.0');
  await page.locator('[data-test=overruled]').waitFor();
  await page.keyboard.press('Escape');
  await page.selectOption('[data-test=log-filter]', { label: 'more than f' });
  await page.click('[data-test=log] button');
  const vectors = page.locator('[data-test=aggregation] tbody tr');
  await vectors.first().waitFor();
  const first = journal.find((line) => line.type === 'aggregated' && line.exceeded);
  expect(first).toBeDefined();
  expect(await vectors.count()).toBe(first.vectors);
  const byzantine = page.locator('[data-test=aggregation] tr.is-byzantine');
  expect(await byzantine.count()).toBe(first.byzantine);
  const overruled = await page.textContent('[data-test=overruled]');
  expect(overruled).toContain(`${first.seen.byzantine} of the`);
  const forged = journal.filter((line) => line.inResult === first.result && line.byzantine);
  expect(forged.length).toBeGreaterThan(0);
  for (const { worker } of forged) expect(overruled).toContain(worker);
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

it('says when the last such event was where none is left, and Shift goes there', async () => {
  await page.keyboard.press('End');
  await expect.poll(clock).toBe(await page.textContent('.end'));
  await page.click('[data-step=handover]');
  const last = journal.findLast((line) => line.type === 'associate' && line.handover);
  const tenths = (Math.floor(last.timeUs / 1e5) / 10).toFixed(1).padStart(4, '0');
  const notice = page.getByText('There is no such event');
  await expect
    .poll(() => notice.textContent())
    .toContain(
      `after this moment; the last one before it is at 0:00:${tenths}: the same with Shift`,
    );
  await page.click('[data-step=handover]', { modifiers: ['Shift'] });
  await expect.poll(clock).toBe(`0:00:${tenths}`);
  expect(await notice.count()).toBe(0);
});

it('steps an event, and seeks by the slider', async () => {
  await page.keyboard.press('Home');
  await expect.poll(clock).toBe('0:00:00.0');
  await page.click('[data-step=handover]');
  const handover = journal.find((line) => line.type === 'associate' && line.handover);
  await expect.poll(clock).not.toBe('0:00:00.0');
  const tenths = Math.floor(handover.timeUs / 1e5) / 10;
  expect(await clock()).toBe(`0:00:${tenths.toFixed(1).padStart(4, '0')}`);
  await page.keyboard.press('.');
  const next = journal.find((line) => line.n === handover.n + 1);
  expect(next.timeUs).toBeGreaterThanOrEqual(handover.timeUs);
  await page.locator('input[type=range]').fill('5000000');
  await expect.poll(clock).toBe('0:00:05.0');
});

it('follows a worker that was found in the events, and keeps that in the link', async () => {
  const started = journal.find((line) => line.type === 'gradient-started');
  await page.goto(`${server.url}&t=8&look=worker:${started.worker}`);
  await page.reload();
  const follow = page.getByLabel('follow');
  await follow.check();
  await page.getByText('Copy link').click();
  await expect.poll(() => new URL(page.url()).hash).toContain('follow=1');
  expect(new URL(page.url()).hash).toContain(encodeURIComponent(`worker:${started.worker}`));
  await page.getByText('works on', { exact: true }).waitFor();
  await follow.uncheck();
});

it('shows a timeline, in which a stroke of a server opens its aggregation', async () => {
  await page.locator('body').press('t');
  const timeline = page.locator('[data-test=timeline]');
  await timeline.waitFor();
  // All of the run in view, from its beginning: the time of a place follows from the width.
  await page.keyboard.press('Home');
  await page.getByLabel('Time in view').selectOption('30');
  const aggregation = journal.find((line) => line.type === 'aggregated' && line.layer === 'cloud');
  const box = (await timeline.boundingBox())!;
  // The root is in the first row.
  const x = NAMES_PX + (aggregation.timeUs / 30e6) * (box.width - NAMES_PX);
  await expect
    .poll(async () => {
      await timeline.click({ position: { x, y: AXIS_PX + ROW_PX / 2 } });
      return page.textContent('.inspector');
    })
    .toContain(`Aggregation ${aggregation.result}`);
  // Its heading is there before its server has answered.
  const vectors = page.locator('[data-test=aggregation] tbody tr');
  await expect.poll(() => vectors.count()).toBe(aggregation.vectors);
  await page.locator('body').press('t');
  await timeline.waitFor({ state: 'detached' });
});

it('shows several runs under one clock, and a tree with its traffic', async () => {
  const tree = join(temporaryFolder('live-page'), 'tree');
  const { config } = await loadConfig('test/golden-runs/tree.yaml');
  await (await startRun(config, { runDir: tree })).toEnd();
  const both = await serving({ port: 0 }, [folder, tree]);
  const other = await browser.newPage({ reducedMotion: 'reduce' });
  await other.goto(both.url);
  await other.waitForSelector('svg.tree line');
  expect(await other.locator('.view').count()).toBe(2);
  await other.keyboard.press('End');
  // Names stand over the links that they cross, on a ground of their own.
  const name = other.locator('svg.tree text').first();
  expect(await name.getAttribute('paint-order')).toBe('stroke');
  expect(await name.getAttribute('stroke')).toMatch(/^#/);
  // Bytes of a link: those of all updates and models over it.
  const sent = linesIn(tree).filter((line) => line.type === 'update-sent');
  const { node, server: above } = sent[0];
  const up = sent.reduce((sum, line) => sum + (line.node === node ? line.bytes : 0), 0);
  const title = other.locator('svg.tree line title', { hasText: `${node} – ${above}` });
  const kilobytes = `${Number((up / 1000).toPrecision(3))} kB up`;
  const wanted = up < 1000 ? `${up} B up` : kilobytes;
  await expect.poll(() => title.first().textContent()).toContain(wanted);
  await other.keyboard.press('Home');
  await expect.poll(() => title.first().textContent()).toContain('0 B up');
  await other.close();
  await both.close();
});

it('refuses a page of another origin that knows the token', async () => {
  const foreign = await browser.newPage();
  const { port, token } = server;
  const ended = await foreign.evaluate(
    ([at, secret]) =>
      new Promise((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${at}/`, ['edgemlsim', `token.${secret}`]);
        socket.onopen = () => resolve('open');
        socket.onclose = () => resolve('closed');
      }),
    [port, token] as const,
  );
  expect(ended).toBe('closed');
  await foreign.close();
});

/** A page of its own at a run in progress, which shows the newest moment. */
async function besideGrowingRun() {
  const { growing, journalFile, end, release } = growingRun(folder);
  const inProgress = await serving({ port: 0 }, [growing]);
  const other = await browser.newPage({ reducedMotion: 'reduce' });
  const asked = askedBy(other);
  await other.goto(inProgress.url);
  await other.getByRole('button', { name: 'Newest' }).waitFor();
  const shows = async (us: number) => {
    const text = `0:0${Math.floor(us / 60e6)}:${(Math.floor((us % 60e6) / 1e5) / 10).toFixed(1).padStart(4, '0')}`;
    await expect.poll(() => other.textContent('[data-test=clock]')).toBe(text);
  };
  const close = async () => {
    await other.close();
    await inProgress.close();
    release();
  };
  return { other, asked, journalFile, end, shows, close };
}

it('takes the newest state instead of all events when it is far behind a run', async () => {
  const { asked, journalFile, end, shows, close } = await besideGrowingRun();
  const { n, timeUs } = JSON.parse(end);
  const more = Array.from({ length: 40_000 }, (_, each) => {
    return `{"n":${n + each},"timeUs":${timeUs + 60e6 + each},"type":"round-ended","server":"cloud","round":1}\n`;
  });
  const states = () => asked.filter((ask) => ask === 'state').length;
  const before = states();
  appendFileSync(journalFile, more.join(''));
  await expect.poll(states).toBeGreaterThan(before);
  await shows(timeUs + 60e6);
  // In pieces of 3000, all lines would be 13 questions.
  expect(asked.filter((ask) => ask === 'lines').length).toBeLessThan(10);
  await close();
});

it('goes on at the newest moment in a replay of a run in progress', async () => {
  const { other, asked, journalFile, end, shows, close } = await besideGrowingRun();
  await other.keyboard.press('Home');
  await expect.poll(() => other.textContent('[data-test=clock]')).toBe('0:00:00.0');
  const pace = other.locator('[data-test=pace]');
  await pace.selectOption({ label: 'as fast as possible' });
  await pace.blur();
  await other.keyboard.press(' ');
  const { n, timeUs } = JSON.parse(end);
  const [last] = readFileSync(journalFile, 'utf8').trim().split('\n').slice(-1);
  await shows(JSON.parse(last!).timeUs ?? timeUs);
  const seeks = asked.filter((ask) => ask === 'state').length;
  // Of a replay that is over nothing comes any more; here it does.
  appendFileSync(
    journalFile,
    `{"n":${n},"timeUs":${timeUs + 60e6},"type":"round-ended","server":"cloud","round":1}\n`,
  );
  await shows(timeUs + 60e6);
  expect(asked.filter((ask) => ask === 'state')).toHaveLength(seeks);
  await close();
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
