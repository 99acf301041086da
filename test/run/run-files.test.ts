import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import { InputError, RunError } from '#src/errors.js';
import { VirtualRun } from '#src/run/virtual-run.js';
import { parseLines } from '../worlds/journal-text.ts';
import { crossingTrace, tinyConfig, tinyInput } from '../worlds/tiny-config.ts';
import { nanAttack } from '../worlds/virtual/random-system.ts';
import { configFile, edgemlsim as startedProgram } from './children.ts';
import { leaveLock } from './locks.ts';
import { freshPath, isSound, journalOf, startRun, statusOf } from './run-folders.ts';

/** A run that was stopped after two rounds. */
async function stoppedRun(config: Config): Promise<string> {
  const run = await startRun(config);
  return (await run.toEnd({ until: { round: 2 } })).runDir;
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error) => error,
  );
}

describe('a disk that is full', () => {
  // A limit on the size of files stands in for it: it needs no rights.
  it('ends the run with 1, a message and a journal that is whole up to there', async () => {
    const runDir = freshPath();
    const config = configFile({
      training: { maximumRounds: 2000, learningRate: 0.001 },
      checkpoints: { everyRounds: 10_000 },
    });
    const child = startedProgram(['run', config, '--out', runDir], { fileLimitKiB: 100 });
    const { code, stderr, stdout } = await child.ended;
    const journal = join(runDir, 'journal.jsonl');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      `the run failed: cannot write ${journal}: the file would be larger than the system allows`,
    );
    expect(stderr).not.toContain('    at ');
    const text = readFileSync(journal, 'utf8');
    expect(text.endsWith('\n')).toBe(true);
    expect(isSound(parseLines(text))).toBe(true);
    // As much as fits: the line after it is not that long.
    expect(text.length).toBeGreaterThan(100 * 1024 - 2000);
    expect(statusOf(runDir)).toMatchObject({ status: 'failed' });
    expect(statusOf(runDir).error).toContain('cannot write');
  });

  it('ends the run also where only the timer writes, before a buffer is full', async () => {
    const rule = `${freshPath('slow')}.mjs`;
    const called = freshPath('called');
    writeFileSync(
      rule,
      `import { appendFileSync } from 'node:fs';
       import { defineAggregator } from 'edgemlsim/rules';
       import { meanOf } from 'edgemlsim/rules/toolbox';
       export default defineAggregator({
         name: 'slow', summary: 'the mean, in 200 ms', minimumInputs: () => 1,
         aggregate(vectors) {
           appendFileSync(${JSON.stringify(called)}, '.');
           Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
           return { vector: meanOf(vectors) };
         },
       });`,
    );
    const config = configFile({
      layers: { edge: { collect: { count: 3 }, aggregate: { rule } }, worker: { gradientS: 0.7 } },
      training: { maximumRounds: 2000, learningRate: 0.001 },
      checkpoints: { everyRounds: 10_000 },
    });
    const runDir = freshPath();
    const child = startedProgram(['run', config, '--out', runDir], { fileLimitKiB: 20 });
    const { code, stderr, stdout } = await child.ended;
    const journal = join(runDir, 'journal.jsonl');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      `the run failed: cannot write ${journal}: the file would be larger than the system allows`,
    );
    expect(stderr).not.toContain('    at ');
    expect(statusOf(runDir)).toMatchObject({ status: 'failed' });
    const text = readFileSync(journal, 'utf8');
    const lines = parseLines(text);
    expect(isSound(lines)).toBe(true);
    // A buffer holds 64 KiB: by what an aggregation takes in the file, far less had been recorded.
    const inFile = lines.filter(
      (line) => line.type === 'aggregated' && line.layer === 'edge',
    ).length;
    const recorded = (readFileSync(called).length * text.length) / inFile;
    expect(recorded).toBeLessThan(48 * 1024);
  });

  it('ends the run when it is a checkpoint that does not fit', async () => {
    const runDir = freshPath();
    const config = configFile({
      model: { layers: [8, 200, 3] },
      checkpoints: { everyRounds: 2 },
    });
    const child = startedProgram(['run', config, '--out', runDir], { fileLimitKiB: 16 });
    const { code, stderr } = await child.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/the run failed: cannot write .*\.checkpoint: the file would be larger/);
    expect(isSound(journalOf(runDir))).toBe(true);
  });
});

describe('a run folder', () => {
  it('that cannot be made ends the run with a message', async () => {
    const file = freshPath('file');
    writeFileSync(file, '');
    const failure = await failureOf(startRun(tinyConfig(), join(file, 'run')));
    expect(failure).toBeInstanceOf(RunError);
    expect(failure.message).toContain(`cannot make the run folder ${join(file, 'run')}`);
  });

  it('that holds something is refused and left as it is', async () => {
    const runDir = freshPath();
    mkdirSync(runDir);
    writeFileSync(join(runDir, 'thesis.tex'), 'years of work');
    const failure = await failureOf(startRun(tinyConfig(), runDir));
    expect(failure).toBeInstanceOf(InputError);
    expect(failure.message).toContain(`${runDir}: the run folder holds something already`);
    expect(readFileSync(join(runDir, 'thesis.tex'), 'utf8')).toBe('years of work');
  });

  it('that is a file is refused', async () => {
    const file = freshPath('file');
    writeFileSync(file, 'years of work');
    expect(await failureOf(startRun(tinyConfig(), file))).toBeInstanceOf(InputError);
    expect(readFileSync(file, 'utf8')).toBe('years of work');
  });

  it.each([
    ['the lock', ['.lock/'], []],
    ['a lock that was not finished', ['.lock-1/'], []],
    ['no config', ['checkpoints/'], ['provenance.json', 'config.resolved.yaml.partial']],
  ])('in which a run came as far as %s is taken, and resume says so', async (_, dirs, files) => {
    const runDir = freshPath();
    for (const dir of dirs) mkdirSync(join(runDir, dir), { recursive: true });
    for (const file of files) writeFileSync(join(runDir, file), '');
    const failure = await failureOf(VirtualRun.resume(runDir, { threads: 1 }));
    expect(failure).toBeInstanceOf(InputError);
    expect(failure.message).toContain(`start it again with --out ${runDir}`);
    expect((await (await startRun(tinyConfig(), runDir)).toEnd()).status).toBe('done');
    expect(readdirSync(runDir).filter((name) => name.startsWith('.lock'))).toEqual([]);
  });

  it.each([0, 1])(
    'that a disk of %d KiB cannot hold leaves nothing behind',
    async (fileLimitKiB) => {
      const runDir = freshPath();
      const { code, stderr } = await startedProgram(['run', configFile(), '--out', runDir], {
        fileLimitKiB,
      }).ended;
      expect(code).toBe(1);
      expect(stderr).toContain('larger than the system allows');
      expect(existsSync(runDir)).toBe(false);
    },
  );

  it('that is empty is taken', async () => {
    const runDir = freshPath();
    mkdirSync(runDir);
    expect((await (await startRun(tinyConfig(), runDir)).toEnd()).status).toBe('done');
  });
});

describe('resuming', () => {
  const resume = (runDir: string) => failureOf(VirtualRun.resume(runDir, { threads: 1 }));

  it('refuses a folder that is no run, or is not there', async () => {
    const empty = freshPath();
    mkdirSync(empty);
    const missing = freshPath();
    const file = freshPath();
    writeFileSync(file, '');
    for (const [dir, found] of [
      [empty, 'not a run folder'],
      [missing, 'no such folder'],
      [file, 'a file, not a run folder'],
    ]) {
      const failure = await resume(dir!);
      expect(failure).toBeInstanceOf(InputError);
      expect(failure.message).toContain(`${dir}: ${found}`);
    }
  });

  it('refuses to go on when the trace has changed', async () => {
    const trace = `${freshPath('trace')}.fcd.xml`;
    copyFileSync(crossingTrace, trace);
    const runDir = await stoppedRun(tinyConfig({ mobility: { ...tinyInput.mobility, trace } }));
    appendFileSync(trace, '<!-- another one -->\n');
    const failure = await resume(runDir);
    expect(failure).toBeInstanceOf(InputError);
    expect(failure.message).toContain('changed since the run was started: the trace');
    copyFileSync(crossingTrace, trace);
    const run = await VirtualRun.resume(runDir, { threads: 1 });
    expect((await run.toEnd()).status).toBe('done');
  });

  it('refuses to go on when its resolved config has changed', async () => {
    const runDir = await stoppedRun(tinyConfig());
    const file = join(runDir, 'config.resolved.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/^name: .*/m, 'name: other'));
    const failure = await resume(runDir);
    expect(failure).toBeInstanceOf(InputError);
    expect(failure.message).toContain('changed since the run was started: config.resolved.yaml');
  });

  it("refuses to go on when the user's own rule has changed or is gone", async () => {
    const rule = `${freshPath('forge')}.js`;
    copyFileSync(nanAttack, rule);
    const attack = { rule, byzantine: { count: 1, scope: 'per-aggregation' } };
    const runDir = await stoppedRun(
      tinyConfig({ layers: { ...tinyInput.layers, worker: { attack } } }),
    );
    appendFileSync(rule, '// and better\n');
    const changed = await resume(runDir);
    expect(changed).toBeInstanceOf(InputError);
    expect(changed.message).toMatch(new RegExp(`changed since the run was started: .*${rule}`));
    rmSync(rule);
    const gone = await resume(runDir);
    expect(gone).toBeInstanceOf(InputError);
    expect(gone.message).toContain(rule);
  });

  it("refuses to go on when the user's own weight by staleness has changed", async () => {
    const rule = `${freshPath('weight')}.js`;
    writeFileSync(rule, "export default { name: 'one', summary: 'in full', weigh: () => 1 };\n");
    const aggregate = { stalenessWeight: { rule } };
    const runDir = await stoppedRun(
      tinyConfig({ layers: { ...tinyInput.layers, cloud: { aggregate } } }),
    );
    appendFileSync(rule, '// and better\n');
    const failure = await resume(runDir);
    expect(failure).toBeInstanceOf(InputError);
    expect(failure.message).toMatch(new RegExp(`changed since the run was started: .*${rule}`));
  });

  it('refuses to go on with another major version of Node.js, for other bits might come out', async () => {
    const runDir = await stoppedRun(tinyConfig());
    const file = join(runDir, 'provenance.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(process.version, 'v8.17.0'));
    const failure = await resume(runDir);
    expect(failure).toBeInstanceOf(InputError);
    expect(failure.message).toContain(`Node.js (v8.17.0, now ${process.version})`);
    // A minor version more or less does not matter.
    const [major] = process.version.split('.');
    writeFileSync(file, text.replace(process.version, `${major}.999.0`));
    const run = await VirtualRun.resume(runDir, { threads: 1 });
    expect((await run.toEnd()).status).toBe('done');
  });

  it('begins again when every checkpoint is gone', async () => {
    const runDir = await stoppedRun(tinyConfig());
    rmSync(join(runDir, 'checkpoints'), { recursive: true });
    mkdirSync(join(runDir, 'checkpoints'));
    const resumed = await (await VirtualRun.resume(runDir, { threads: 1 })).toEnd();
    const whole = await (await startRun(tinyConfig())).toEnd();
    expect(resumed).toMatchObject({ status: 'done', journalHash: whole.journalHash });
  });
});

describe('a run folder in use', () => {
  it('belongs to one process at a time, until the run is closed', async () => {
    const runDir = await stoppedRun(tinyConfig());
    const first = await VirtualRun.resume(runDir, { threads: 1 });
    const failure = await failureOf(VirtualRun.resume(runDir, { threads: 1 }));
    expect(failure).toBeInstanceOf(InputError);
    expect(failure.message).toContain('a run is at work in this folder');
    await first.abandon(new Error('ended by the test'));
    const second = await VirtualRun.resume(runDir, { threads: 1 });
    expect((await second.toEnd()).status).toBe('done');
  });

  it('is free again when the process that had it is gone', async () => {
    const runDir = await stoppedRun(tinyConfig());
    leaveLock(runDir, { began: 'another time' });
    const run = await VirtualRun.resume(runDir, { threads: 1 });
    expect((await run.toEnd()).status).toBe('done');
  });
});
