import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { readCredentialsLine } from '#src/processes/credentials.js';
import { controlLimits } from '#src/processes/live-endpoints.js';
import { LiveRun } from '#src/run/live-run.js';
import type { CloseReason, Connection } from '#src/transport/connection.js';
import type { Frame, Header } from '#src/transport/frame.js';
import { tcp } from '#src/transport/tcp.js';
import { freshPath } from '../run/run-folders.ts';
import { tinyConfig } from '../worlds/tiny-config.ts';
import { main } from './program.ts';

const never = { training: { maximumRounds: 1_000_000, learningRate: 0.001 } };

/** A live run whose processes leave what they were given on standard input in a file. */
async function observedRun() {
  const given = freshPath('given');
  const script = `tee -a '${given}' | '${process.execPath}' '${main}' "$@"`;
  const runDir = freshPath();
  const config = tinyConfig({ ...never, world: 'live', live: { speed: 20 } });
  const run = await LiveRun.create({ config, runDir, program: ['sh', '-c', script, '-'] });
  const ended = run.toEnd();
  while (run.progress.simTimeS === 0) await wait(20);
  return { run, ended, given: () => readFileSync(given, 'utf8') };
}

/** Of the processes of this user. */
function shownToOthers(file: 'cmdline' | 'environ'): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      return readFileSync(join('/proc', pid, file), 'utf8');
    } catch {
      return [];
    }
  });
}

/** Sends it, and returns what comes back until the connection ends, and how that ended. */
function askedWith(connection: Connection, header: Header): Promise<[Frame[], CloseReason]> {
  const frames: Frame[] = [];
  return new Promise((resolve) => {
    connection.onFrame = (frame) => {
      frames.push(frame);
    };
    connection.onClose = (reason) => resolve([frames, reason]);
    connection.send({ header, body: null });
  });
}

it('keeps everybody out who is not a process of the run, and the cloud to itself', async () => {
  const { run, ended, given } = await observedRun();
  const lines = given().trim().split('\n');
  expect(new Set(lines).size).toBe(1);
  const { secret } = readCredentialsLine(lines[0]!);
  const hex = Buffer.from(secret!).toString('hex');
  expect(hex).toMatch(/^[0-9a-f]{64}$/);
  const commands = shownToOthers('cmdline');
  expect(commands.some((text) => text.includes('--credentials-on-stdin'))).toBe(true);
  for (const text of [...commands, ...shownToOthers('environ')]) expect(text).not.toContain(hex);

  const { pid } = run.processes![0]!;
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const port = Number(command[command.indexOf('--join') + 1]!.split(':')[1]);
  const at = { host: '127.0.0.1', port, tls: null, limits: controlLimits };
  for (const other of [null, Buffer.alloc(32)]) {
    await expect(tcp.connect({ ...at, secret: other })).rejects.toMatchObject({
      failure: 'unauthorised',
    });
  }
  // Another process of the run, which knows the secret.
  for (const nonce of [undefined, null, '', Buffer.alloc(32).toString('base64')]) {
    const bulk = await tcp.connect({ ...at, secret });
    const shown = nonce === undefined ? {} : { nonce };
    const [frames, { kind }] = await askedWith(bulk, {
      ...{ type: 'bulk', slot: 0, generation: 0 },
      ...shown,
    });
    expect(frames).toEqual([]);
    expect(['ended', 'lost']).toContain(kind);
  }
  const before = run.progress.simTimeS;
  while (run.progress.simTimeS === before) await wait(20);
  run.stop();
  expect(await ended).toMatchObject({ status: 'stopped', ended: 'stopped' });
  const journal = readFileSync(join((await ended).runDir, 'journal.jsonl'), 'utf8');
  expect(journal).not.toContain('"type":"process-lost"');
  expect(journal).not.toContain(hex);
});
