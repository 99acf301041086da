import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { withoutCertificates } from '../src/processes/process-environment.ts';
import { type Figure, median } from './figure.ts';

const WORKERS = 1000;
const LOADS = 5;
const WATCHED_MS = 8000;
const LOOK_EVERY_MS = 20;
const WARM_UP_MS = 6000;
const MAIN = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const VIEWPORT = { width: 1280, height: 800 };

/**
 * In the page: when the map was first painted (its first circle is a range or a worker), the time between
 * frames, and the time that the page's own work takes in each.
 */
const WATCH = `
  globalThis.watched = { paintedMs: null, framesMs: [], paintingMs: [] };
  const { arc } = CanvasRenderingContext2D.prototype;
  const request = window.requestAnimationFrame.bind(window);
  CanvasRenderingContext2D.prototype.arc = function (...given) {
    if (watched.paintedMs === null) {
      watched.paintedMs = 0;
      // On the screen once the next frame begins.
      request(() => { watched.paintedMs = performance.timeOrigin + performance.now(); });
    }
    return arc.apply(this, given);
  };
  let lastMs = 0;
  window.requestAnimationFrame = (work) => request((ms) => {
    const before = performance.now();
    work(ms);
    watched.paintingMs.push(performance.now() - before);
    watched.framesMs.push(ms - lastMs);
    lastMs = ms;
  });
`;

/** As many circles that move, on a canvas of that size, and nothing else. */
const BARE = `<!doctype html><canvas width="${VIEWPORT.width}" height="${VIEWPORT.height}"></canvas><script>
  const context = document.querySelector('canvas').getContext('2d');
  const paint = (ms) => {
    context.clearRect(0, 0, ${VIEWPORT.width}, ${VIEWPORT.height});
    for (let each = 0; each < ${WORKERS}; each++) {
      context.fillStyle = each % 2 ? '#0072b2' : '#999999';
      context.beginPath();
      context.arc((each * 37 + ms / 20) % ${VIEWPORT.width}, (each * 91) % ${VIEWPORT.height}, 5, 0, 7);
      context.fill();
    }
    requestAnimationFrame(paint);
  };
  requestAnimationFrame(paint);
</script>`;

/** What a page has seen of itself. */
interface Watched {
  paintedMs: number;
  framesMs: number[];
  paintingMs: number[];
}

/** The first picture of the page, and its frames while many workers move, in headless Chromium. */
export async function benchLivePagePicture(): Promise<Figure[]> {
  const executablePath = chromiumPath();
  if (executablePath === null) {
    console.error('no chromium here: the pictures of the live page are not measured');
    return [];
  }
  const { chromium } = await import('playwright-core');
  const dir = mkdtempSync(join(tmpdir(), 'edgemlsim-bench-'));
  const run = recordedRun(dir);
  const bare = await bareServer();
  // Its own handlers end the browser and not this process, whose servers would keep it.
  const unhandled = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  const args = ['--no-sandbox'];
  const browser = await chromium.launch({ executablePath, args, ...unhandled });
  const end = () => {
    for (const child of serving) child.kill();
    rmSync(dir, { recursive: true });
    // The browser ends with it.
    process.exit(1);
  };
  process.once('SIGTERM', end).once('SIGINT', end);
  try {
    return [
      ...(await firstPictures(browser, run, bare.url)),
      ...(await frames(browser, run, bare.url)),
    ];
  } finally {
    process.off('SIGTERM', end).off('SIGINT', end);
    for (const child of serving) child.kill();
    await browser.close();
    bare.close();
    rmSync(dir, { recursive: true });
  }
}

function chromiumPath(): string | null {
  try {
    const args = ['-c', 'command -v chromium || command -v chromium-browser'];
    return execFileSync('sh', args, { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/** A thousand workers under four servers, with a model so small that recording takes seconds. */
function recordedRun(dir: string): string {
  const folder = join(dir, 'run');
  const config = fileURLToPath(
    new URL('../../configs/movement/random-waypoint.yaml', import.meta.url),
  );
  const changes = [
    `mobility.entities={count: ${WORKERS}, durationS: 300}`,
    'model={layers: [784, 4, 10]}',
    'training={epochs: 4}',
  ];
  const args = [MAIN, 'run', config, ...changes, '--out', folder, '--quiet'];
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

async function bareServer(): Promise<{ url: string; close: () => void }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(BARE);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

/** From the start of `serve`, and from the navigation of the page, to a map on the screen. */
async function firstPictures(browser: Browser, run: string, bare: string): Promise<Figure[]> {
  const [sinceStart, sinceLoad, ofBare]: [number[], number[], number[]] = [[], [], []];
  for (let load = 0; load < LOADS; load++) {
    // The browser's own work to open a tab is none of the page's.
    const tabs = [await watchedTab(browser), await watchedTab(browser)] as const;
    const startMs = Date.now();
    const served = await serve(run);
    const own = await pictureIn(tabs[0], served.url);
    served.close();
    sinceStart.push(own.paintedMs - startMs);
    sinceLoad.push(own.loadMs);
    ofBare.push((await pictureIn(tabs[1], bare)).loadMs);
  }
  const bareMs = median(ofBare);
  const reference = `a page that paints circles alone, ${bareMs.toFixed(0)} ms after its navigation`;
  return [
    {
      name: 'live page, first picture after the start of `serve` in an open tab, median',
      ...{ value: median(sinceStart), unit: 'ms', reference, target: '1000 ms' },
      ratio: median(sinceStart) / bareMs,
      note: `longest of ${LOADS}: ${Math.max(...sinceStart).toFixed(0)} ms`,
    },
    {
      name: 'live page, first picture after its navigation, median',
      ...{ value: median(sinceLoad), unit: 'ms', reference, ratio: median(sinceLoad) / bareMs },
      note: `longest of ${LOADS}: ${Math.max(...sinceLoad).toFixed(0)} ms`,
    },
  ];
}

async function pictureIn(page: Page, url: string) {
  await page.goto(url);
  await painted(page);
  const { paintedMs } = await seenBy(page);
  const originMs = (await page.evaluate('performance.timeOrigin')) as number;
  await page.close();
  return { paintedMs, loadMs: paintedMs - originMs };
}

/** The page plays by itself; the bare one right after it, in the same browser. */
async function frames(browser: Browser, run: string, bare: string): Promise<Figure[]> {
  const served = await serve(run);
  const own = await watchedFor(browser, served.url);
  served.close();
  const others = await watchedFor(browser, bare);
  const reference = (ms: number) =>
    `a page that paints ${WORKERS} circles alone, ${ms.toFixed(1)} ms`;
  const row = (name: string, of: (seen: Watched) => number, target?: string): Figure => ({
    ...{ name: `live page, ${WORKERS} workers, ${name}`, value: of(own), unit: 'ms' },
    ...{ reference: reference(of(others)), ratio: of(own) / of(others) },
    ...(target === undefined ? {} : { target }),
  });
  return [
    row('time between frames, median', ({ framesMs }) => median(framesMs), '16.7 ms'),
    row('time between frames, 99th percentile', ({ framesMs }) => last(framesMs), '33.3 ms'),
    row('painting a frame, median', ({ paintingMs }) => median(paintingMs)),
    row('painting a frame, 99th percentile', ({ paintingMs }) => last(paintingMs)),
  ];
}

async function watchedFor(browser: Browser, url: string): Promise<Watched> {
  const page = await watchedTab(browser);
  await page.goto(url);
  await painted(page);
  await page.waitForTimeout(WARM_UP_MS);
  await page.evaluate('watched.framesMs.length = watched.paintingMs.length = 0');
  await page.waitForTimeout(WATCHED_MS);
  const seen = await seenBy(page);
  await page.close();
  return seen;
}

async function watchedTab(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.addInitScript(WATCH);
  return page;
}

/** By the debugger: the page's own policy lets no text become code, as waiting in the page would need. */
async function painted(page: Page): Promise<void> {
  while (!(await page.evaluate('watched.paintedMs > 0'))) await page.waitForTimeout(LOOK_EVERY_MS);
}

async function seenBy(page: Page): Promise<Watched> {
  return (await page.evaluate('watched')) as Watched;
}

/** Processes of `serve` that may still run. */
const serving = new Set<ChildProcess>();

/** `serve` in a process of its own. */
async function serve(run: string): Promise<{ url: string; close: () => void }> {
  const child = spawn(process.execPath, [MAIN, 'serve', run], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: withoutCertificates(process.env),
  });
  serving.add(child);
  child.once('exit', () => serving.delete(child));
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { url, close: () => child.kill() };
}

/** The 99th percentile. */
function last(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(0.99 * (values.length - 1))]!;
}
