import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { PageServer } from '#src/live-page/server/page-server.js';
import { ServedRun } from '#src/live-page/server/served-run.js';
import { temporaryFolder } from '../temporary-folder.ts';
import { busyRun, writeJournal } from './made-journal.ts';

let server: PageServer;
let port: number;
let token: string;

beforeAll(async () => {
  const folder = temporaryFolder('page-server');
  writeFileSync(join(folder, 'config.resolved.yaml'), 'name: busy\n');
  writeFileSync(join(folder, 'status.json'), '{"status":"done"}');
  writeJournal(join(folder, 'journal.jsonl'), busyRun(200));
  const run = new ServedRun(folder, true);
  await run.refresh();
  server = await PageServer.open([run], { host: '127.0.0.1', port: 0 });
  port = Number(new URL(server.url).port);
  token = new URLSearchParams(new URL(server.url).hash.slice(1)).get('token')!;
});
afterAll(() => server.close());

it('a port that is taken is reported with what to do', async () => {
  await expect(PageServer.open([], { host: '127.0.0.1', port })).rejects.toThrow(
    /^cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*; take another --port, or none for a free one$/,
  );
});

function answerTo(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, headers }, (response) => {
        let text = '';
        response.on('data', (part) => {
          text += part;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode!, headers: response.headers, text });
        });
      });
      asked.on('error', reject).end();
    },
  );
}

/** A page's end of the connection, opened; null where it is refused. */
function opened(given: string, headers: Record<string, string> = {}): Promise<WebSocket | null> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, ['edgemlsim', `token.${given}`], {
    headers,
  });
  return new Promise((resolve) => {
    socket.once('open', () => resolve(socket)).once('error', () => resolve(null));
  });
}

function asked(socket: WebSocket, question: object): Promise<{ ok?: unknown; error?: string }> {
  socket.send(JSON.stringify({ id: 7, run: 0, ...question }));
  return new Promise((resolve) => {
    const listener = (data: Buffer) => {
      const message = JSON.parse(data.toString());
      if (message.id !== 7) return;
      socket.off('message', listener);
      resolve(message);
    };
    socket.on('message', listener);
  });
}

it('serves the page with a policy that allows no inline code', async () => {
  const { status, headers, text } = await answerTo('/');
  expect(status).toBe(200);
  expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self';/);
  expect(headers['content-security-policy']).not.toMatch(/unsafe/);
  expect(text).not.toMatch(/<script>|onload=|style=/);
  expect(text).not.toContain(token);
});

it.each([
  '/../../../package.json',
  '/..%2f..%2fpackage.json',
  '/assets/../../serve-page.js',
  '//etc/passwd',
])('serves nothing but the page’s own files: %s', async (path) => {
  expect((await answerTo(path)).status).toBe(404);
});

it('refuses a foreign host name and a foreign page', async () => {
  expect((await answerTo('/', { host: `evil.example:${port}` })).status).toBe(403);
  expect((await answerTo('/', { origin: 'http://evil.example' })).status).toBe(403);
  expect((await answerTo('/', { origin: `http://127.0.0.1:${port}` })).status).toBe(200);
  expect(await opened(token, { origin: 'http://evil.example' })).toBe(null);
  expect(await opened(token, { host: `evil.example:${port}` })).toBe(null);
});

it('shows nothing of a run without the token', async () => {
  expect(await opened('')).toBe(null);
  expect(await opened(token.replace(/^./, (sign) => (sign === 'A' ? 'B' : 'A')))).toBe(null);
  const socket = await opened(token);
  expect(socket).not.toBe(null);
  socket!.terminate();
});

it('answers with state, lines, events, and an aggregation with what came into it', async () => {
  const socket = (await opened(token))!;
  const state = await asked(socket, { ask: 'state', timeUs: 550_000 });
  expect(state.ok).toMatchObject({
    state: { workers: { 'worker-0': { server: 'north', forged: true, work: null } } },
  });
  const lines = await asked(socket, { ask: 'lines', from: 3, limit: 2 });
  expect(lines.ok).toMatchObject({ lines: [{ n: 3 }, { n: 4 }], next: 5 });
  const log = await asked(socket, {
    ...{ ask: 'log', before: 1e6, limit: 2, types: ['gradient-ended'], node: 'worker-3' },
  });
  // Of rounds 198 and 193: worker 3 has every fifth one.
  expect(log.ok).toMatchObject({ lines: [{ gradient: 198 }, { gradient: 193 }] });
  const aggregation = await asked(socket, { ask: 'aggregation', result: 9 });
  expect(aggregation.ok).toMatchObject({
    line: { exceeded: true, server: 'south' },
    arrivals: [{ sender: 'worker-4', number: 9, byzantine: true }],
  });
  const none = await asked(socket, { ask: 'aggregation', result: 100_000 });
  expect(none.error).toMatch('no aggregation has the number 100000');
  const control = await asked(socket, { ask: 'control', command: 'pause' });
  expect(control.error).toMatch('the run is over');
  socket.terminate();
});

it('answers the question that comes with the connection, and closes it where that is none', async () => {
  const connected = (first: string) => {
    const address = `ws://127.0.0.1:${port}/?${new URLSearchParams({ first })}`;
    return new WebSocket(address, ['edgemlsim', `token.${token}`]);
  };
  const page = connected(JSON.stringify({ id: 3, run: 0, ask: 'series' }));
  const answer = await new Promise((resolve) => {
    page.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString());
      if (message.id === 3) resolve(message.ok);
    });
  });
  expect(answer).toHaveProperty('evaluations');
  page.terminate();
  const other = connected('everything');
  expect(await new Promise((resolve) => other.once('close', resolve))).toBe(1008);
  // No address of a page.
  const odd = new WebSocket(`ws://127.0.0.1:${port}//`, ['edgemlsim', `token.${token}`]);
  await new Promise((resolve) => odd.once('open', resolve));
  expect(await asked(odd, { run: 0, ask: 'series' })).toHaveProperty('ok');
  odd.terminate();
});

it('closes the connection of one that asks more than it reads, or what is no question', async () => {
  const nonsense = (await opened(token))!;
  const why = new Promise((resolve) => nonsense.once('close', resolve));
  nonsense.send('{"ask":"everything"}');
  expect(await why).toBe(1008);

  const greedy = (await opened(token))!;
  const closed = new Promise((resolve) => greedy.once('close', resolve));
  const patient = (await opened(token))!;
  greedy.pause();
  const question = JSON.stringify({ id: 1, run: 0, ask: 'lines', from: 0, limit: 10_000 });
  for (let count = 0; count < 500; count += 1) greedy.send(question);
  // Others are answered meanwhile.
  expect((await asked(patient, { ask: 'series' })).ok).toBeDefined();
  greedy.resume();
  expect(await closed).toBe(1008);
  patient.terminate();
});

it('keeps a bounded number of connections that do not show the token, and those that did', async () => {
  const page = (await opened(token))!;
  const idle: Socket[] = [];
  let closed = 0;
  for (let count = 0; count < 300; count += 1) {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => {});
    socket.once('close', () => {
      closed += 1;
    });
    await new Promise((resolve) => socket.once('connect', resolve));
    idle.push(socket);
  }
  expect((await answerTo('/')).status).toBe(200);
  expect((await asked(page, { ask: 'series' })).ok).toBeDefined();
  await vi.waitFor(() => expect(closed).toBeGreaterThanOrEqual(200));
  expect(idle[0]!.destroyed).toBe(true);
  for (const socket of idle) socket.destroy();
  page.terminate();
});

it('a folder that cannot be read for a moment is a problem of its run, for that moment', async () => {
  const folder = temporaryFolder('odd-lock');
  writeFileSync(join(folder, 'config.resolved.yaml'), 'name: busy\n');
  writeFileSync(join(folder, 'status.json'), '{"status":"done"}');
  writeJournal(join(folder, 'journal.jsonl'), busyRun(5));
  const run = new ServedRun(folder, true);
  await run.refresh();
  writeFileSync(join(folder, '.lock'), '');
  await run.refresh();
  expect(run.head()).toMatchObject({ status: 'done', problem: expect.stringContaining(folder) });
  rmSync(join(folder, '.lock'));
  await run.refresh();
  expect(run.head()).toMatchObject({ status: 'done', problem: null });
  await run.close();
});
