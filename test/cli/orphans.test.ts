import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { leftAfterKill } from './kill-at-start.ts';
import { folderWithConfig } from './program.ts';

/** From before its processes have loaded the program to when they are at work. */
const spreadMs = [0, 400, 900, 1400, 2000, 2800];

function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-orphans-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Two at a time: the processes of each have a folder of their own to work in. */
async function leftAfterKills(
  args: (out: string) => string[],
  afterEachMs: readonly number[] = spreadMs,
): Promise<number[]> {
  const folder = workFolder();
  const waiting = [...afterEachMs];
  const left: number[] = [];
  const line = async () => {
    for (;;) {
      const afterMs = waiting.shift();
      if (afterMs === undefined) return;
      const own = join(folder, String(afterMs));
      mkdirSync(own);
      left.push(...(await leftAfterKill(args(join(own, 'out')), own, afterMs)));
    }
  };
  await Promise.all([line(), line()]);
  return left;
}

it('leaves no process of a live run behind, whenever in their start it is killed', async () => {
  const { config } = folderWithConfig('live: { speed: 20 }');
  const args = (out: string) => ['run', config, 'world=live', '--out', out];
  expect(await leftAfterKills(args)).toEqual([]);
});

it('leaves no agent of a pool behind, whenever in their start it is killed', async () => {
  const { config } = folderWithConfig();
  const changes = ['pool.agents=3', 'training.epochs=1000000'];
  const args = (out: string) => ['run', config, ...changes, '--threads', '1', '--out', out];
  expect(await leftAfterKills(args, [0, 700, 1500])).toEqual([]);
});

it('leaves no run of a study behind, whenever in their start it is killed', async () => {
  const { folder } = folderWithConfig();
  const study = join(folder, 'long.study.yaml');
  const text = 'name: long\nbase: small.yaml\nseeds: 2\nset: { training.epochs: 1000000 }\n';
  writeFileSync(study, text);
  const args = (out: string) => ['study', study, '--jobs', '2', '--out', out];
  expect(await leftAfterKills(args, [0, 300, 600, 1000])).toEqual([]);
});
