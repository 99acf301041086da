import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { InputError } from '#src/errors.js';
import type { Parameter } from '#src/learning/engine.js';
import { decodeParameters } from '#src/learning/parameter-file.js';
import { readRun } from '#src/run/read-run.js';
import { runInMemory } from '#src/run/run-in-memory.js';
import { temporaryFolder } from '../temporary-folder.ts';
import { tinyConfig } from '../worlds/tiny-config.ts';
import { freshPath, isSound, journalOf, startRun } from './run-folders.ts';

const config = tinyConfig({ checkpoints: { everyRounds: 4 } });

it('a run in memory has the journal, the summary and the model of one in a folder, and no file', async () => {
  const temporary = temporaryFolder('run');
  const files = () => [readdirSync(temporary), readdirSync('.'), readdirSync(dirname(temporary))];
  const before = files();
  const { summary, events, model } = await runInMemory(config, { threads: 2 });
  expect(files()[0]).toEqual(before[0]);
  expect(files()[1]).toEqual(before[1]);
  const { runDir, ...expected } = await (await startRun(config)).toEnd();
  expect(summary).toEqual({ ...expected, wallTimeS: summary.wallTimeS });
  expect(isSound(events)).toBe(true);
  const simulated = (lines: typeof events) => lines.filter((line) => 'n' in line);
  expect(simulated(events)).toEqual(simulated(journalOf(runDir)));
  const file = readFileSync(join(runDir, 'model.safetensors'));
  const { vector } = decodeParameters(file, model.parameters as Parameter[], 'model.safetensors');
  expect(model.theta).toEqual(vector);
  expect(model.version).toBe(summary.rounds);
});

it('a run in memory stops at a mark and at a signal', async () => {
  const { summary } = await runInMemory(config, { until: { round: 3 } });
  expect(summary).toMatchObject({ status: 'stopped', rounds: 3 });
  const stopped = await runInMemory(config, { signal: AbortSignal.abort() });
  expect(stopped.summary).toMatchObject({ status: 'stopped', rounds: 0 });
});

it('a run that needs other processes is refused in memory', async () => {
  await expect(runInMemory(tinyConfig({ world: 'live' }))).rejects.toThrow(InputError);
  await expect(runInMemory(tinyConfig({ pool: { agents: 1 } }))).rejects.toThrow(InputError);
});

it('a signal stops a run in a folder with a checkpoint, and readRun reads it at every stage', async () => {
  const runDir = freshPath();
  const run = await startRun(config, runDir);
  await run.advance({ round: 2 });
  expect(await readRun(runDir)).toMatchObject({
    config: { name: config.name },
    status: 'running',
    summary: null,
    record: { rounds: 2, ended: null },
  });
  const controller = new AbortController();
  const ended = run.toEnd({ signal: controller.signal });
  controller.abort();
  const summary = await ended;
  expect(summary.status).toBe('stopped');
  const read = await readRun(runDir);
  expect(read).toMatchObject({ status: 'stopped', error: null, summary });
  expect(read.config).toEqual(config);
  const checkpoints = readdirSync(join(runDir, 'checkpoints'));
  expect(checkpoints).toHaveLength(1);
});
