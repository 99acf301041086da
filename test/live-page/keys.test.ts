import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { loadConfig, startRun } from '#src/index.js';
import type { SimulatedEvent } from '#src/journal/events.js';
import { PageServer } from '#src/live-page/server/page-server.js';
import { ServedRun } from '#src/live-page/server/served-run.js';
import { lacking, pathsOf, testNeeding } from '../needs.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { busyRun, writeJournal } from './made-journal.ts';

const needs = { programs: ['chromium'] } as const;
const it = testNeeding(needs);
const isHere = lacking(needs).length === 0 || process.env.EDGEMLSIM_SKIP_NOTHING;

let server: PageServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  if (!isHere) return;
  const folder = join(temporaryFolder('keys'), 'run');
  const { config } = await loadConfig('configs/crossing.yaml');
  await (await startRun(config, { runDir: folder })).toEnd();
  // The place of a real run, with a journal whose times are known.
  writeJournal(join(folder, 'journal.jsonl'), madeEvents());
  const runs = [folder, folder].map((each) => new ServedRun(each, true));
  for (const run of runs) await run.refresh();
  server = await PageServer.open(runs, { host: '127.0.0.1', port: 0 });
  // Half a second of a core, where there may be no browser.
  const { chromium } = await import('playwright-core');
  browser = await chromium.launch({
    executablePath: pathsOf('chromium')[0]!,
    args: ['--no-sandbox'],
  });
  page = await browser.newPage({ reducedMotion: 'reduce' });
  await page.goto(server.url);
  await page.locator('canvas.map-picture').first().waitFor();
  for (const run of runs) expect(run.head().problem).toBeNull();
  await page.locator('.end', { hasText: '0:00:29.8' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** A busy run in which each kind of step has two events. */
function madeEvents(): [timeUs: number, SimulatedEvent][] {
  const crash = { type: 'crashed', node: 'north', state: 'kept' };
  const start = { type: 'gradient-started', worker: 'worker-0', server: 'north', round: 0 };
  const dropped = { type: 'gradient-ended', worker: 'worker-0', server: 'north' };
  const majority = {
    ...{ type: 'aggregated', server: 'north', layer: 'edge', round: 0, version: 0, declaredF: 1 },
    ...{ vectors: 3, senders: 3, byzantine: 2, byzantineSenders: 2, atDeadline: false },
    ...{ staleness: { mean: 0, maximum: 0 }, exceeded: true, seen: { honest: 1, byzantine: 2 } },
  };
  const evaluated = {
    ...{ type: 'evaluated', server: 'cloud', round: 0, version: 0, epoch: 0, gradients: 0 },
    ...{ split: 'test', loss: 'NaN' },
  };
  const more: [number, object][] = [
    [2_100_000, crash],
    [16_100_000, crash],
    [3_300_000, { ...start, gradient: 900, version: 0 }],
    [3_400_000, { ...dropped, gradient: 900, outcome: 'dropped', reason: 'left-range' }],
    [17_300_000, { ...start, gradient: 901, version: 0 }],
    [17_400_000, { ...dropped, gradient: 901, outcome: 'lost', reason: 'left-range' }],
    [4_200_000, { ...majority, result: 900 }],
    [18_200_000, { ...majority, result: 901 }],
    [5_300_000, evaluated],
    [19_300_000, evaluated],
  ];
  const all = [...busyRun(30), ...(more as [number, SimulatedEvent][])];
  return all.sort(([a], [b]) => a - b);
}

const clock = () => page.textContent('[data-test=clock]');
const heading = () => page.textContent('.inspector h2');

async function press(key: string, time: string): Promise<void> {
  await page.keyboard.press(key);
  await expect.poll(clock).toBe(time);
}

it.each([
  ['r', '0:00:00.8', '0:00:01.8'],
  ['h', '0:00:06.0', '0:00:13.0'],
  // Of the busy run, every tenth aggregation has more than f; the others have a majority, too.
  ['b', '0:00:04.2', '0:00:09.5'],
  ['m', '0:00:04.2', '0:00:18.2'],
  ['c', '0:00:02.1', '0:00:16.1'],
  ['d', '0:00:03.4', '0:00:17.4'],
  ['x', '0:00:05.3', '0:00:19.3'],
])(
  '%s goes to the next event of its kind, with Shift to the one before',
  async (key, first, second) => {
    await press('Home', '0:00:00.0');
    await press(key, first);
    await press(key, second);
    await press(`Shift+${key.toUpperCase()}`, first);
  },
);

it('does two steps one after the other that were asked for at once', async () => {
  await press('Home', '0:00:00.0');
  await page.keyboard.press('m');
  await page.keyboard.press('m');
  await expect.poll(clock).toBe('0:00:18.2');
  await expect.poll(heading).toBe('Aggregation 901');
});

it('opens what a step came to, and closes it by Escape', async () => {
  await press('Home', '0:00:00.0');
  await press('m', '0:00:04.2');
  await expect.poll(heading).toBe('Aggregation 900');
  await page.keyboard.press('Escape');
  await expect.poll(heading).toBe('Run');
});

it('takes letters while the slider has the focus, too', async () => {
  await press('Home', '0:00:00.0');
  await page.locator('input[type=range]').first().focus();
  await press('m', '0:00:04.2');
  await press('Home', '0:00:00.0');
  await page.locator('input[type=range]').first().blur();
});

it('goes from event to event by the dot, and back with Shift', async () => {
  await press('Home', '0:00:00.0');
  await press('.', '0:00:00.5');
  // An aggregation and its gradient have one time.
  await press('.', '0:00:00.5');
  await press('.', '0:00:00.6');
  await press('Shift+>', '0:00:00.5');
});

it('goes ten seconds ahead and back by arrows, and plays and pauses by the space bar', async () => {
  await press('Home', '0:00:00.0');
  await press('ArrowRight', '0:00:10.0');
  await press('ArrowLeft', '0:00:00.0');
  await press('End', '0:00:29.8');
  const button = page.locator('[data-test=play]');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press(' ');
  await expect.poll(() => button.textContent()).toContain('Pause');
  await page.keyboard.press(' ');
  await expect.poll(() => button.textContent()).toContain('Play');
});

it('plays as fast as possible up to the end', async () => {
  await press('Home', '0:00:00.0');
  const pace = page.locator('[data-test=pace]');
  const before = await pace.inputValue();
  await pace.selectOption({ label: 'as fast as possible' });
  await pace.blur();
  await press(' ', '0:00:29.8');
  await expect.poll(() => page.textContent('[data-test=play]')).toContain('Play');
  await pace.selectOption(before);
  await pace.blur();
});

it('says which of several runs the inspector is about by its number', async () => {
  const views = page.locator('.view');
  const isActive = (index: number) => views.nth(index).getAttribute('class');
  await page.keyboard.press('2');
  await expect.poll(() => isActive(1)).toContain('is-active');
  expect(await isActive(0)).not.toContain('is-active');
  await page.keyboard.press('1');
  await expect.poll(() => isActive(0)).toContain('is-active');
});

it('moves the map and changes its scale while the map has the focus, and shows all of it again', async () => {
  await press('Home', '0:00:00.0');
  const ground = page.locator('canvas.map-ground').first();
  const shown = () =>
    ground.evaluate((canvas) => (canvas as unknown as { toDataURL(): string }).toDataURL());
  const whole = await shown();
  await page.locator('canvas.map-picture').first().focus();
  for (const key of ['+', 'ArrowDown', '-', '0']) {
    const before = await shown();
    await page.keyboard.press(key);
    await expect.poll(shown).not.toBe(before);
  }
  await expect.poll(shown).toBe(whole);
  // The arrow was the map's, and not the clock's.
  expect(await clock()).toBe('0:00:00.0');
});

it.each([
  [1280, 800],
  [1440, 900],
  [360, 740],
])(
  'shows at least four lines of the events beside what is selected, at %i x %i',
  async (width, height) => {
    await page.setViewportSize({ width, height });
    await press('Home', '0:00:00.0');
    await press('m', '0:00:04.2');
    await expect.poll(heading).toBe('Aggregation 900');
    const log = page.locator('[data-test=log]');
    const isNarrow = width < 500;
    // On a phone the page is one column, over which the controls stay.
    if (isNarrow) await page.evaluate("document.querySelector('[data-test=log]').scrollIntoView()");
    const wholeLines = async () => {
      const frame = (await log.boundingBox())!;
      const controls = (await page.locator('.controls').boundingBox())!;
      const end = Math.min(frame.y + frame.height, controls.y);
      const lines = await log.locator('.line').all();
      const boxes = await Promise.all(lines.slice(0, 20).map((line) => line.boundingBox()));
      return boxes.filter((box) => {
        return box!.y >= Math.max(0, frame.y) && box!.y + box!.height <= end;
      }).length;
    };
    await expect.poll(wholeLines).toBeGreaterThanOrEqual(4);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  },
);
