import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { caseCount } from '../case-count.ts';
import { inTurns } from '../in-turns.ts';
import { leftAfterKill } from './kill-at-start.ts';
import { folderWithConfig } from './program.ts';

/** From before its processes have loaded the program to when they are at work. */
function spread(untilMs: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.round((untilMs * i) / (count - 1)));
}

function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-orphans-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Two at a time: the processes of each have a folder of their own to work in. */
async function leftAfterKills(
  args: (out: string) => string[],
  afterEachMs: readonly number[],
): Promise<number[]> {
  const folder = workFolder();
  const left: number[] = [];
  await inTurns(2, afterEachMs, async (afterMs) => {
    const own = join(folder, String(afterMs));
    mkdirSync(own);
    left.push(...(await leftAfterKill(args(join(own, 'out')), own, afterMs)));
  });
  return left;
}

it('leaves no process of a live run behind, whenever in their start it is killed', async () => {
  const { config } = folderWithConfig('live: { speed: 20 }');
  const args = (out: string) => ['run', config, 'world=live', '--out', out];
  const afterEachMs = spread(2800, caseCount({ test: 3, soak: 15 }));
  expect(await leftAfterKills(args, afterEachMs)).toEqual([]);
});

it('leaves no agent of a pool behind, whenever in their start it is killed', async () => {
  const { config } = folderWithConfig();
  const changes = ['pool.agents=3', 'training.epochs=1000000'];
  const args = (out: string) => ['run', config, ...changes, '--threads', '1', '--out', out];
  const afterEachMs = spread(1500, caseCount({ test: 2, soak: 10 }));
  expect(await leftAfterKills(args, afterEachMs)).toEqual([]);
});

it('leaves no run of a study behind, whenever in their start it is killed', async () => {
  const { folder } = folderWithConfig();
  const study = join(folder, 'long.study.yaml');
  const text = 'name: long\nbase: small.yaml\nseeds: 2\nset: { training.epochs: 1000000 }\n';
  writeFileSync(study, text);
  const args = (out: string) => ['study', study, '--jobs', '2', '--out', out];
  const afterEachMs = spread(1000, caseCount({ test: 2, soak: 10 }));
  expect(await leftAfterKills(args, afterEachMs)).toEqual([]);
});
