import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect } from 'vitest';
import { mounts, testNeeding } from '../needs.ts';
import { plainEnvironment } from '../plain-environment.ts';
import { parseLines } from '../worlds/journal-text.ts';
import type { TinyInput } from '../worlds/tiny-config.ts';
import { tinyConfig } from '../worlds/tiny-config.ts';
import { configFile } from './children.ts';
import { freshPath, isSound, startRun } from './run-folders.ts';

const test = testNeeding(mounts);
const main = resolve('dist/src/cli/main.js');

/**
 * Runs on a disk of that many KiB, frees space, and goes on: with `resume` where a run was begun, else
 * with `run`. What it leaves at first is copied away.
 */
const SCRIPT = `
  mount -t tmpfs -o size=$2k none "$3" || exit 99
  cd "$3"
  "$0" "$1" run "$4" --out run --json >"$5/first.out" 2>"$5/first.err"
  echo $? >"$5/first.code"
  cp run/journal.jsonl run/status.json "$5" 2>/dev/null
  mount -o remount,size=100m "$3" || exit 99
  if [ -e run/config.resolved.yaml ]; then how="resume run"; else how="run $4 --out run"; fi
  "$0" "$1" $how --json >"$5/second.out" 2>"$5/second.err"
  echo $? >"$5/second.code"`;

/** The same for a study, of which what failed is run again when there is space. */
const STUDY_SCRIPT = `
  mount -t tmpfs -o size=$2k none "$3" || exit 99
  "$0" "$1" study "$4" --out "$3/study" >"$5/first.out" 2>"$5/first.err"
  echo $? >"$5/first.code"
  mount -o remount,size=100m "$3" || exit 99
  "$0" "$1" study "$4" --out "$3/study" --retry failed >"$5/second.out" 2>"$5/second.err"
  echo $? >"$5/second.code"`;

async function runOnSmallDisk(
  config: string,
  sizeKiB: number,
  script = SCRIPT,
): Promise<(name: string) => string> {
  const [disk, out] = [freshPath('disk'), freshPath('out')];
  mkdirSync(disk);
  mkdirSync(out);
  const args = [process.execPath, main, `${sizeKiB}`, disk, config, out];
  const child = spawn('unshare', ['-rm', 'bash', '-c', script, ...args], {
    stdio: 'inherit',
    env: plainEnvironment(),
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return (name) =>
    existsSync(join(out, name)) ? readFileSync(join(out, name), 'utf8').trim() : '';
}

const long: Partial<TinyInput> = {
  training: { maximumRounds: 60, learningRate: 0.01 },
  checkpoints: { everyRounds: 5, keep: 2 },
};

describe('a disk that is full', () => {
  for (const sizeKiB of [4, 8, 16, 32, 64, 96]) {
    test(`of ${sizeKiB} KiB: the run fails with a whole journal, and comes to the same end when there is space`, async () => {
      const file = await runOnSmallDisk(configFile(long), sizeKiB);
      expect([file('first.code'), file('first.out')]).toEqual(['1', '']);
      expect(file('first.err')).toMatch(/^the run failed: cannot .*(ENOSPC|no space left)/m);
      expect(isSound(parseLines(file('journal.jsonl')))).toBe(true);
      if (file('status.json') !== '') {
        expect(JSON.parse(file('status.json'))).toMatchObject({ status: 'failed' });
      }
      expect([file('second.code'), file('second.err')]).toEqual(['0', expect.anything()]);
      const { journalHash } = await (await startRun(tinyConfig(long))).toEnd();
      expect(JSON.parse(file('second.out'))).toMatchObject({ status: 'done', journalHash });
    });
  }

  test('fails a study with the file that has no room, and what failed is run again when there is space', async () => {
    const study = join(dirname(configFile(long)), 'small.study.yaml');
    writeFileSync(study, `name: small\nbase: ${configFile(long)}\nseeds: 2\narms: { only: {} }\n`);
    const file = await runOnSmallDisk(study, 96, STUDY_SCRIPT);
    expect(file('first.code')).toBe('1');
    expect(file('first.err')).toMatch(
      /^study failed: .*\/study\/.*: no space left on the disk\n {2}make room/m,
    );
    expect([file('second.code'), file('second.err')]).toEqual(['0', expect.anything()]);
    expect(file('second.out')).toMatch(/^only +2 /m);
  });

  test('fails a live run too, and it goes on when there is space', async () => {
    const live = { ...long, world: 'live', live: { speed: 20 } } as Partial<TinyInput>;
    const file = await runOnSmallDisk(configFile(live), 64);
    expect([file('first.code'), file('first.out')]).toEqual(['1', '']);
    expect(file('first.err')).toMatch(/^the run failed: cannot .*(ENOSPC|no space left)/m);
    expect(isSound(parseLines(file('journal.jsonl')))).toBe(true);
    expect(JSON.parse(file('status.json'))).toMatchObject({ status: 'failed' });
    expect(file('second.code')).toBe('0');
    expect(JSON.parse(file('second.out'))).toMatchObject({ status: 'done' });
  });
});
