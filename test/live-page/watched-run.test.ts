import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { loadConfig, startRun } from '#src/index.js';
import { temporaryFolder } from '../temporary-folder.ts';

const MAIN = 'dist/src/cli/main.js';
const CONFIG = 'configs/crossing.yaml';

/** The first line of what a process says that holds this. */
async function line(child: ChildProcess, pattern: RegExp): Promise<string> {
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface(stream).on('line', (text) => child.emit('line', text));
  }
  for (;;) {
    const [text] = (await once(child, 'line')) as [string];
    const found = pattern.exec(text);
    if (found) return found[0];
  }
}

/** A page without a browser: asks, and gets the answer. */
class Asking {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: { ok?: unknown; error?: string }) => void>();

  static async open(url: string): Promise<Asking> {
    const { host, hash } = new URL(url);
    const token = new URLSearchParams(hash.slice(1)).get('token');
    const socket = new WebSocket(`ws://${host}/`, ['edgemlsim', `token.${token}`]);
    await once(socket, 'open');
    return new Asking(socket);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const message = JSON.parse(data.toString());
      this.#waiting.get(message.id)?.(message);
    });
  }

  ask(question: object): Promise<{ ok?: unknown; error?: string }> {
    const id = this.#waiting.size;
    this.#socket.send(JSON.stringify({ id, run: 0, ...question }));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  close(): void {
    this.#socket.close();
  }
}

it('a run that is watched, paused and stepped from a page has the hash that it has without', async () => {
  const alone = join(temporaryFolder('watched'), 'alone');
  const { config } = await loadConfig(CONFIG);
  const { journalHash } = await (await startRun(config, { runDir: alone })).toEnd();

  const watched = join(temporaryFolder('watched'), 'run');
  const args = [MAIN, 'run', CONFIG, '--serve', '--out', watched, '--pause-at', '5'];
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: '/no/such/file' };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  // It still writes its report when it is done: its folder is removed after that.
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill();
    await exited;
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const url = await line(child, /http:\/\/\S+/);
  const pages = await Promise.all(Array.from({ length: 10 }, () => Asking.open(url)));
  const [page] = pages as [Asking];
  const state = async () => {
    const { ok } = await page.ask({ ask: 'control', command: 'status' });
    return (ok as { state?: string } | undefined)?.state;
  };
  await expect.poll(state).toBe('paused');
  for (const until of [undefined, 'round', 'aggregation']) {
    const answer = await page.ask({ ask: 'control', command: 'step', ...(until && { until }) });
    expect(answer.error).toBeUndefined();
    await expect.poll(state).toBe('paused');
  }
  // All pages look at the run meanwhile.
  const answers = await Promise.all(
    pages.flatMap((each) => [
      each.ask({ ask: 'state', timeUs: 4_000_000 }),
      each.ask({ ask: 'tracks', fromUs: 0, toUs: 5_000_000 }),
    ]),
  );
  expect(answers.filter(({ error }) => error !== undefined)).toEqual([]);
  await page.ask({ ask: 'control', command: 'continue' });
  const status = () => JSON.parse(readFileSync(join(watched, 'status.json'), 'utf8'));
  await expect.poll(() => status().status).toBe('done');
  for (const each of pages) each.close();
  const lines = readFileSync(join(watched, 'journal.jsonl'), 'utf8').split('\n');
  const simulated = lines.filter((text) => text.startsWith('{"n":'));
  const hash = createHash('sha256')
    .update(`${simulated.join('\n')}\n`)
    .digest('hex');
  expect(hash).toBe(journalHash);
  // Node.js says it where it looks for certificates: not in the process of the page.
  expect(stderr.match(/Ignoring extra certs/g)).toHaveLength(1);
});
