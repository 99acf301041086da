import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { RunError } from '#src/errors.js';
import type { SimulatedLine } from '#src/journal/events.js';
import { LiveRun } from '#src/run/live-run.js';
import type { StepGoal } from '#src/run/run.js';
import { main } from '../cli/program.ts';
import { tinyConfig } from '../worlds/tiny-config.ts';
import { freshPath, journalOf } from './run-folders.ts';

const roundEnded = (): StepGoal => ({
  isReached: (line: SimulatedLine) => line.type === 'round-ended',
  signal: new AbortController().signal,
});

const rounds = (runDir: string): number =>
  journalOf(runDir).filter(({ type }) => type === 'round-ended').length;

it('a live run steps to a goal only while it is paused, and goes on from its mark', async () => {
  const runDir = freshPath('live');
  const config = tinyConfig({ world: 'live', live: { speed: 20, workerProcesses: 1 } });
  vi.stubEnv('NODE_EXTRA_CA_CERTS', '/no/such/file');
  onTestFinished(() => void vi.unstubAllEnvs());
  const run = await LiveRun.create({ config, runDir, program: [process.execPath, main] });
  await expect(run.step(roundEnded())).rejects.toThrow('the run is not paused');
  expect(await run.advance({ round: 1 })).toBe(true);
  const before = rounds(runDir);
  await expect(run.step()).rejects.toThrow(RunError);
  const step = run.step(roundEnded());
  await expect(run.step(roundEnded())).rejects.toThrow('the run is not paused');
  await step;
  expect(rounds(runDir)).toBeGreaterThan(before);
  // The mark holds the clock, and no user: the run goes on by itself.
  const ending = run.toEnd();
  await expect.poll(() => rounds(runDir)).toBeGreaterThan(before + 1);
  await expect(run.step(roundEnded())).rejects.toThrow('the run is not paused');
  run.stop();
  expect((await ending).status).toBe('stopped');
  await expect(run.step(roundEnded())).rejects.toThrow('the run is over');
  // Node.js says there where it looks for certificates.
  expect(readFileSync(join(runDir, 'agents.log'), 'utf8')).not.toContain('extra certs');
});
