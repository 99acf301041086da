import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageVersion } from '#src/package-version.js';
import { configHash } from '#src/study/run-differences.js';
import { tenSeconds } from '../report/hand-made-journal.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { edgemlsim } from './program.ts';

const options = { window: 1, reach: [], compare: null };

interface StudyJson {
  runs: { folder: string }[];
  missing: { folder: string; state: string; reason: string }[];
}

/** A study of two arms and two seeds, as one has it that was killed: plan.json, and some runs. */
async function killedStudy() {
  const dir = temporaryFolder('killed-study');
  const config = (arm: string, seed: number) => ({ name: 'small', arm, seed });
  const runs = ['plain', 'other'].flatMap((arm) =>
    [1, 2].map((seed) => ({
      ...{ arm, levels: { rule: arm }, variant: null, seed },
      ...{ folder: `${arm}/seed-${seed}`, config: configHash(config(arm, seed)), command: ['run'] },
    })),
  );
  const plan = { name: 'small', command: ['study', 'small.yaml'], cwd: dir, report: options, runs };
  writeFileSync(join(dir, 'plan.json'), JSON.stringify(plan));
  const made = async (arm: string, seed: number, status: object) => {
    const runDir = join(dir, arm, `seed-${seed}`);
    mkdirSync(runDir, { recursive: true });
    await tenSeconds().save(runDir);
    writeFileSync(join(runDir, 'config.resolved.yaml'), JSON.stringify(config(arm, seed)));
    writeFileSync(join(runDir, 'provenance.json'), `{"version":"${packageVersion()}"}`);
    writeFileSync(join(runDir, 'status.json'), JSON.stringify(status));
  };
  return { dir, runs, made };
}

test('a study that was killed is reported from the runs that have ended, and the others are listed', async () => {
  const { dir, runs, made } = await killedStudy();
  const early = await edgemlsim('report', dir, '--format', 'html');
  expect([early.code, early.stderr]).toEqual([
    3,
    expect.stringContaining('none of the 4 planned runs has come to its end'),
  ]);

  await made('plain', 1, { status: 'done' });
  await made('plain', 2, { status: 'running' });
  const failure = { config: runs[2]!.config, error: 'out of order\nat rule.js' };
  writeFileSync(join(dir, 'failures.json'), JSON.stringify({ 'other/seed-1': failure }));
  const { code, stdout, stderr } = await edgemlsim('report', dir, '--format', 'html');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('3 of 4 planned runs are missing:\n');
  expect(stdout).toContain('  plain/seed-2: interrupted\n');
  expect(stdout).toContain('  other/seed-1: failed: out of order\n');
  expect(stdout).toContain('  other/seed-2: waiting\n');
  const study = JSON.parse(readFileSync(join(dir, 'study.json'), 'utf8')) as StudyJson;
  expect(study.runs.map(({ folder }) => folder)).toEqual(['plain/seed-1']);
  expect(study.missing.map(({ state, reason }) => [state, reason])).toEqual([
    ['interrupted', ''],
    ['failed', failure.error],
    ['waiting', ''],
  ]);
  const page = readFileSync(join(dir, 'report.html'), 'utf8');
  expect(page).toContain(
    '3 of 4 planned runs are missing (1 interrupted, 1 failed, 1 waiting): what is said here is of the others.',
  );
  expect(page).toContain('Runs that are missing');
});

test('a study.json of every planned run is enough: another version of the program reports it too', async () => {
  const { dir, runs, made } = await killedStudy();
  for (const { arm, seed } of runs) await made(arm, seed, { status: 'done' });
  expect((await edgemlsim('report', dir, '--format', 'html')).code).toBe(0);
  for (const { folder } of runs) {
    writeFileSync(join(dir, folder, 'provenance.json'), '{"version":"0.0.1"}');
  }
  const again = await edgemlsim('report', dir, '--format', 'html');
  expect(again.stdout).toMatch(/^plain +2 /m);
  expect(again.stdout).not.toContain('missing');
});
