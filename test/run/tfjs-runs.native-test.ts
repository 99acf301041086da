import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  type Child,
  checkpointsOf,
  configFile,
  edgemlsim as startedProgram,
  until,
} from './children.ts';
import { freshPath, journalOf } from './run-folders.ts';
import { describeRuns, withOwnModel } from './tfjs-runs.ts';

describeRuns('tfjs-node');

/** The processes that a run has for its pool threads. */
function nativeProcesses({ process: { pid } }: Child): number[] {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks)
    .flatMap((task) => readFileSync(`${tasks}/${task}/children`, 'utf8').split(' '))
    .filter((child) => child !== '')
    .map(Number);
}

async function startLongRun() {
  const runDir = freshPath();
  const changes = withOwnModel('tfjs-node', {
    training: { maximumRounds: 1_000_000, epochs: 100_000 },
    checkpoints: { everyRounds: 5 },
  });
  const child = startedProgram(['run', configFile(changes), '--out', runDir, '--threads', '2']);
  await until(child, () => checkpointsOf(runDir).length > 1);
  const natives = nativeProcesses(child);
  expect(natives).toHaveLength(2);
  return { runDir, child, natives };
}

async function gone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}`)) await wait(5);
}

test('a run whose tfjs-node process is killed fails, and says so', async () => {
  const { child, natives } = await startLongRun();
  process.kill(natives[0]!, 'SIGKILL');
  const { code, stderr } = await child.ended;
  expect(stderr).toMatch(/the process that computes with tfjs-node ended: killed by SIGKILL/);
  expect(stderr).not.toContain('UnhandledPromiseRejection');
  expect(code).toBe(1);
  await Promise.all(natives.map(gone));
});

test('the tfjs-node processes end with a run that is killed', async () => {
  const { child, natives } = await startLongRun();
  child.process.kill('SIGKILL');
  await Promise.all(natives.map(gone));
});

/** The group to which a terminal sends Ctrl-C. */
function groupOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[2]!;
}

test('Ctrl-C leaves them alone: the run writes its checkpoint', async () => {
  const { runDir, child, natives } = await startLongRun();
  for (const pid of natives) expect(groupOf(pid)).not.toBe(groupOf(child.process.pid!));
  child.process.kill('SIGINT');
  expect((await child.ended).code).toBe(130);
  await Promise.all(natives.map(gone));
  const last = journalOf(runDir).at(-1);
  expect(last).toMatchObject({ type: 'stopped', reason: 'signal' });
});
