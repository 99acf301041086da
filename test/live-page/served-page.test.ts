import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { loadConfig, startRun } from '#src/index.js';
import { lacking, pathsOf, testNeeding } from '../needs.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { askedBy, growingRun } from './growing-run.ts';

// The command itself, looked at with a browser.

const MAIN = 'dist/src/cli/main.js';
const needs = { programs: ['chromium'] } as const;
const it = testNeeding(needs);
const isHere = lacking(needs).length === 0 || process.env.EDGEMLSIM_SKIP_NOTHING;

let folder: string;
let browser: Browser;

beforeAll(async () => {
  if (!isHere) return;
  folder = join(temporaryFolder('served-page'), 'run');
  const overrides = [
    // Shades parts of the town: what is received is no circle.
    ...['mobility.radio.model=log-distance', 'mobility.radio.options={exponent: 3.2}'],
    'mobility.radio.shadowing={deviationDb: 6, correlationM: 40}',
  ];
  const { config } = await loadConfig('configs/crossing.yaml', { overrides });
  await (await startRun(config, { runDir: folder })).toEnd();
  // Half a second of a core, where there may be no browser.
  const { chromium } = await import('playwright-core');
  browser = await chromium.launch({
    executablePath: pathsOf('chromium')[0]!,
    args: ['--no-sandbox'],
  });
});
afterAll(async () => {
  await browser?.close();
});

/** Starts `serve` and waits for the URL that it prints. */
async function served(...args: string[]): Promise<string> {
  return (await serving(...args)).url;
}

async function serving(...args: string[]): Promise<{ url: string; child: ChildProcess }> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child: ChildProcess = spawn(process.execPath, [MAIN, 'serve', ...args], {
    stdio: [...stdio],
  });
  onTestFinished(() => void child.kill());
  const [url] = (await once(createInterface(child.stdout!), 'line')) as [string];
  return { url, child };
}

it('is reached at the address of --host, by its own name alone', async () => {
  const url = new URL(await served(folder, '--host', '127.0.0.2'));
  expect(url.hostname).toBe('127.0.0.2');
  const page = await browser.newPage({ reducedMotion: 'reduce' });
  await page.goto(url.href);
  await page.waitForSelector('canvas.map-picture');
  // A name that leads here but is not this server's, as a page of another site would have it.
  const other = await page.request.get(`http://127.0.0.2:${url.port}/`, {
    headers: { host: `evil.example:${url.port}` },
  });
  expect(other.status()).toBe(403);
  await page.close();
});

it('of a run in progress, --view-only lets the page stop its own clock and not the run', async () => {
  const { growing, release } = growingRun(folder);
  onTestFinished(release);
  const page = await browser.newPage({ reducedMotion: 'reduce' });
  const asked = askedBy(page);
  await page.goto(await served(growing, '--view-only'));
  const button = page.locator('[data-test=play]');
  await page.getByText('running, view only').waitFor();
  await expect.poll(() => button.textContent()).toBe('❚❚ Pause');
  await page.keyboard.press(' ');
  await expect.poll(() => button.textContent()).toBe('▶ Play');
  await page.keyboard.press('.');
  expect(asked).not.toContain('control');
  await page.close();
});

it('saves the map as an SVG file with its servers, and where they are received', async () => {
  const page = await browser.newPage({ reducedMotion: 'reduce', acceptDownloads: true });
  await page.goto(await served(folder));
  await page.waitForSelector('canvas.map-picture');
  const save = async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'SVG' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^crossing-\d+s\.svg$/);
    return readFileSync(await download.path(), 'utf8');
  };
  // Names and ranges are there once the state has come.
  await expect.poll(save).toContain('</text>');
  const withCoverage = await save();
  expect(withCoverage).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
  await page.getByLabel('coverage').uncheck();
  const cells = (svg: string) => svg.split('<polygon').length;
  await expect.poll(async () => cells(await save())).toBeLessThan(cells(withCoverage) - 50);
  await page.close();
});

it('goes on with the next serve of the run after its own was killed', async () => {
  const { url, child } = await serving(folder);
  const page = await browser.newPage({ reducedMotion: 'reduce' });
  await page.goto(url);
  await page.waitForSelector('canvas.map-picture');
  const clock = () => page.textContent('[data-test=clock]');
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  const notice = page.getByText('does not answer');
  await notice.waitFor();
  expect(await served(folder)).toBe(url);
  await notice.waitFor({ state: 'detached' });
  await page.keyboard.press('End');
  const end = await page.textContent('.end');
  expect(end).not.toBe('0:00:00.0');
  await expect.poll(clock).toBe(end);
  await page.close();
});
