import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { sendControl } from '#src/run/run-control.js';
import { edgemlsim, folderWithConfig, start } from './program.ts';

const endless = 'training.epochs=1000000';

/** A virtual run that takes commands. */
async function underWay() {
  const { folder, config } = folderWithConfig();
  const runDir = join(folder, 'run');
  const child = start(['run', config, endless, '--threads', '1', '--out', runDir]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  // Asked in process: until the run can answer there is no folder, or no more than its status.
  const status = () => sendControl(runDir, 'status').catch(() => null);
  while (!JSON.stringify(await status()).includes('simTimeS')) await wait(20);
  return { runDir, child };
}

it('says of a run that is stopped by a signal what is wrong with it', async () => {
  const { runDir, child } = await underWay();
  child.kill('SIGSTOP');
  const { code, stdout, stderr } = await edgemlsim('ctl', runDir, 'status', '--wait', '1');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`the run in ${runDir} (process ${child.pid}) has sent nothing for 1 s`);
  expect(stderr).toContain(`the process is stopped; kill -CONT ${child.pid} lets it go on`);
  child.kill('SIGCONT');
  const after = await edgemlsim('ctl', runDir, 'status');
  expect(JSON.parse(after.stdout)).toMatchObject({ state: 'running' });
});

it('says how a run has ended, by itself or with -9, and that it takes no commands', async () => {
  const { runDir, child } = await underWay();
  child.kill('SIGKILL');
  await child.outcome;
  const status = await edgemlsim('ctl', runDir, 'status');
  expect([status.code, JSON.parse(status.stdout)]).toEqual([0, { state: 'killed' }]);
  const pause = await edgemlsim('ctl', runDir, 'pause');
  expect(pause).toMatchObject({ code: 3, stdout: '' });
  expect(pause.stderr).toContain(
    `${runDir}: no run is in progress in this folder: its status is killed`,
  );

  const { folder, config } = folderWithConfig();
  const done = join(folder, 'done');
  expect((await edgemlsim('run', config, '--out', done)).code).toBe(0);
  const { stdout } = await edgemlsim('ctl', done, 'status');
  expect(JSON.parse(stdout)).toMatchObject({ state: 'done', simTimeS: expect.any(Number) });
});

it('does not ask the program that has got the port of a run that was killed', async () => {
  const { folder, config } = folderWithConfig();
  const runDir = join(folder, 'run');
  expect((await edgemlsim('run', config, '--out', runDir)).code).toBe(0);
  let isAsked = false;
  const other = createServer((socket) => {
    isAsked = true;
    socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  const door = { port, token: '0'.repeat(32), pid: process.pid };
  writeFileSync(join(runDir, 'control.json'), JSON.stringify(door));
  writeFileSync(join(runDir, 'status.json'), '{"status":"running"}');
  const { code, stdout } = await edgemlsim('ctl', runDir, 'status');
  expect([code, JSON.parse(stdout)]).toEqual([0, { state: 'killed' }]);
  expect(isAsked).toBe(false);
});

it('says of a folder that is not there, or holds no run, that it is so', async () => {
  const { folder } = folderWithConfig();
  const missing = await edgemlsim('ctl', join(folder, 'none'), 'status');
  expect(missing).toMatchObject({ code: 3, stdout: '' });
  expect(missing.stderr).toContain(`${join(folder, 'none')}: no such folder`);
  const other = await edgemlsim('ctl', folder, 'status');
  expect(other).toMatchObject({ code: 3, stdout: '' });
  expect(other.stderr).toContain(`${folder}: not a run folder`);
});

it.each([
  ['control.json', '{"port":', /control\.json: damaged/],
  ['control.json', '{}', /control\.json: damaged: port/],
  ['control.json', '{"port":99999999,"token":"a","pid":1}', /control\.json: damaged: port/],
  ['status.json', '{"status', /status\.json: damaged/],
])('a damaged %s, %j, is reported by ctl as such', async (name, content, message) => {
  const { folder } = folderWithConfig();
  writeFileSync(join(folder, 'config.resolved.yaml'), 'name: small\n');
  writeFileSync(join(folder, name), content);
  const { code, stdout, stderr } = await edgemlsim('ctl', folder, 'status');
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([3, '']);
});
