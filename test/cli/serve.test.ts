import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { start } from './program.ts';

it('says what is wrong with the config of a run, and serves its journal', async () => {
  const folder = temporaryFolder('serve');
  writeFileSync(join(folder, 'config.resolved.yaml'), 'name: [cut');
  const serving = start(['serve', folder]);
  onTestFinished(() => void serving.kill('SIGKILL'));
  await once(serving.stderr!, 'data');
  serving.kill('SIGTERM');
  const { code, stdout, stderr } = await serving.outcome;
  expect(stderr).toContain(`warning: ${join(folder, 'config.resolved.yaml:1:')}`);
  expect(stderr).toContain('the page shows this run without a map');
  expect(stdout).toMatch(/^http:/);
  expect(code).toBe(0);
});

it('ends where the port of its page is taken', async () => {
  const folder = temporaryFolder('serve');
  writeFileSync(join(folder, 'config.resolved.yaml'), 'name: taken\n');
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  const serving = start(['serve', folder, '--port', String(port)]);
  onTestFinished(() => void serving.kill('SIGKILL'));
  const { code, stderr } = await serving.outcome;
  expect(stderr).toContain(`serve failed: cannot listen on 127.0.0.1:${port}`);
  expect(code).toBe(1);
});

it('the page that a run loads beside its config ends with a config that is refused', async () => {
  const folder = temporaryFolder('serve');
  const config = join(folder, 'wrong.yaml');
  writeFileSync(config, 'nonsense: 1\n');
  const running = start(['run', config, '--serve', '--out', join(folder, 'run')]);
  onTestFinished(() => void running.kill('SIGKILL'));
  const { code, stderr } = await running.outcome;
  expect(code).toBe(3);
  expect(stderr).toContain('nonsense');
  expect(stderr).not.toContain('page');
});
