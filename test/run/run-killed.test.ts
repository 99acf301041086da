import { appendFileSync, existsSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { journalHash } from '#src/journal/reader.js';
import { openStream } from '#src/simulation/random.js';
import { edgemlsim } from '../cli/program.ts';
import { InProcessWorld } from '../worlds/in-process-world.ts';
import { type TinyInput, tinyConfig } from '../worlds/tiny-config.ts';
import {
  type Child,
  checkpointIn,
  checkpointsOf,
  configFile,
  edgemlsim as startedProgram,
  until,
} from './children.ts';
import { freshPath, isSound, journalOf, statusOf } from './run-folders.ts';

const long: Partial<TinyInput> = {
  training: {
    maximumRounds: 300,
    learningRate: 0.001,
    // So that there is more to come back to than the model.
    optimiser: { name: 'sgd', momentum: 0.9 },
  },
  checkpoints: { everyRounds: 4, keep: 3 },
};

let expected: string;
beforeAll(async () => {
  const world = await InProcessWorld.open(tinyConfig(long));
  await world.run();
  expected = world.hash;
});

/** Waits until the run has written a number of further checkpoints. */
async function checkpointsAhead(child: Child, runDir: string, count: number): Promise<void> {
  let newest = checkpointsOf(runDir).at(-1);
  for (let seen = 0; seen < count; seen += 1) {
    await until(child, () => checkpointsOf(runDir).at(-1) !== newest);
    newest = checkpointsOf(runDir).at(-1);
  }
}

async function seenThrough(runDir: string): Promise<{ status: string; journalHash: string }> {
  const { code, stdout } = await edgemlsim('resume', runDir, '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe('a run that is killed with -9', () => {
  it('four times, its journal and checkpoints torn, comes to the same end', async () => {
    const random = openStream(7, 'kills');
    let runDir = freshPath();
    for (let kills = 0; kills < 4; ) {
      const isNew = !existsSync(runDir);
      const how = isNew ? ['run', configFile(long), '--out', runDir] : ['resume', runDir];
      const child = startedProgram([...how, '--threads', String(1 + random.integer(2))]);
      await checkpointsAhead(child, runDir, 1 + random.integer(4));
      await wait(random.integer(20));
      child.process.kill('SIGKILL');
      if ((await child.ended).signal === 'SIGKILL') {
        damage(runDir, ['nothing', 'half a line', 'cut', 'checkpoint'][kills]!);
        kills += 1;
      } else {
        // It came to its end before it could be killed: another one.
        expect(await journalHash(join(runDir, 'journal.jsonl'))).toBe(expected);
        runDir = freshPath();
      }
    }
    expect(await seenThrough(runDir)).toMatchObject({ status: 'done', journalHash: expected });
    expect(isSound(journalOf(runDir))).toBe(true);

    function damage(dir: string, what: string): void {
      const journal = join(dir, 'journal.jsonl');
      const checkpoints = checkpointsOf(dir);
      if (what === 'half a line') {
        appendFileSync(journal, '{"n":999999,"timeUs":12345,"type":"gradient-st');
      } else if (what === 'cut') {
        const covered = checkpointIn(checkpoints.at(-1)!).journal.bytes;
        const behind = statSync(journal).size - covered;
        truncateSync(journal, covered + random.integer(behind + 1));
      } else if (what === 'checkpoint') {
        expect(checkpoints.length).toBeGreaterThan(1);
        const newest = checkpoints.at(-1)!;
        truncateSync(newest, random.integer(statSync(newest).size));
      }
    }
  });

  it('before its first checkpoint begins again', async () => {
    const runDir = freshPath();
    const config = configFile({ ...long, checkpoints: { everyRounds: 10_000 } });
    const child = startedProgram(['run', config, '--out', runDir]);
    const journal = join(runDir, 'journal.jsonl');
    await until(child, () => (statSync(journal, { throwIfNoEntry: false })?.size ?? 0) > 0);
    child.process.kill('SIGKILL');
    expect((await child.ended).signal).toBe('SIGKILL');
    expect(checkpointsOf(runDir)).toEqual([]);
    expect(await seenThrough(runDir)).toMatchObject({ status: 'done', journalHash: expected });
  });
});

describe('a run that is asked to stop', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'by %s writes a checkpoint, exits with %i and can be resumed',
    async (signal, code) => {
      const runDir = freshPath();
      const config = configFile({ ...long, checkpoints: { everyRounds: 10_000 } });
      const child = startedProgram(['run', config, '--out', runDir, '--json']);
      const journal = join(runDir, 'journal.jsonl');
      await until(child, () => (statSync(journal, { throwIfNoEntry: false })?.size ?? 0) > 0);
      child.process.kill(signal);
      const ended = await child.ended;
      expect(ended.code).toBe(code);
      expect(ended.stderr).toContain('stopping: writing a checkpoint');
      expect(ended.stderr).toContain(`edgemlsim resume ${runDir}`);
      expect(JSON.parse(ended.stdout).status).toBe('stopped');
      expect(statusOf(runDir).status).toBe('stopped');
      expect(checkpointsOf(runDir)).toHaveLength(1);
      expect(isSound(journalOf(runDir))).toBe(true);
      expect(await seenThrough(runDir)).toMatchObject({ status: 'done', journalHash: expected });
    },
  );
});
