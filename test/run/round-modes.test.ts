import { cpSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { VirtualRun } from '#src/run/virtual-run.js';
import { edgemlsim } from '../cli/program.ts';
import { hashOf, InProcessWorld } from '../worlds/in-process-world.ts';
import { type TinyInput, tinyConfig, tinyInput } from '../worlds/tiny-config.ts';
import { checkpointsOf, configFile, edgemlsim as startedProgram, until } from './children.ts';
import { freshPath, isSound, journalOf, startRun } from './run-folders.ts';

// Synchronous rounds go through the same in run.test.ts and run-killed.test.ts.

const common: Partial<TinyInput> = {
  training: { maximumRounds: 150, learningRate: 0.001 },
  checkpoints: { everyRounds: 10 },
};
const edge = { collect: { count: 2 }, deadlineS: 4, link: { loss: 0.1 } };
const gradientS = { distribution: 'exponential', meanS: 0.7 };

/**
 * Losses, random numbers, work that is carried along, and vectors that weigh less when they are stale; with
 * all diagnostics, which threads compute.
 */
const asynchronous: Partial<TinyInput> = {
  ...common,
  rounds: { mode: 'asynchronous' },
  diagnostics: 'full',
  layers: {
    cloud: {
      collect: { count: 3, from: 'any' },
      deadlineS: 8,
      aggregate: { stalenessWeight: { rule: 'buffered' } },
    },
    edge,
    worker: { gradientS, departure: 'carry' },
  },
};

const partiallyAsynchronous: Partial<TinyInput> = {
  ...common,
  rounds: { mode: 'partially-asynchronous', maximumStaleness: 1 },
  layers: {
    cloud: { collect: { count: 1 }, deadlineS: 2 },
    edge: { ...edge, collect: { count: 2, maxPerWorker: 1 } },
    worker: { gradientS, departure: 'wait' },
  },
};

describe.each([
  ['asynchronous', asynchronous],
  ['partially asynchronous', partiallyAsynchronous],
])('a run of %s rounds has the same journal', (_, input) => {
  const config = tinyConfig(input);
  let expected: string;
  beforeAll(async () => {
    const world = await InProcessWorld.open(config);
    await world.run();
    expected = hashOf(world.text);
    expect(world.lines.filter(({ type }) => type === 'updated').length).toBeGreaterThan(50);
  });

  it.each([1, 2])('with %i threads, paused on the way', async (threads) => {
    const run = await startRun(config, freshPath(), threads);
    expect(await run.advance({ round: 20 })).toBe(true);
    expect(run.progress.round).toBe(20);
    const summary = await run.toEnd();
    expect([summary.status, summary.journalHash]).toEqual(['done', expected]);
  });

  it('stopped at a mark, resumed, and resumed as a clone', async () => {
    const run = await startRun(config, freshPath(), 2);
    const { runDir, status } = await run.toEnd({ until: { timeUs: 31_415_926 } });
    expect(status).toBe('stopped');
    const clone = freshPath();
    cpSync(runDir, clone, { recursive: true });
    for (const [folder, threads] of [
      [runDir, 1],
      [clone, 2],
    ] as const) {
      const resumed = await VirtualRun.resume(folder, { threads });
      expect((await resumed.toEnd()).journalHash).toBe(expected);
      expect(isSound(journalOf(folder))).toBe(true);
    }
  });

  it.each([
    ['SIGKILL', null],
    ['SIGINT', 130],
  ] as const)('ended by %s and resumed', async (signal, code) => {
    // The program reads what users write, so the defaults are filled in again.
    const runDir = freshPath();
    const child = startedProgram(['run', configFile(input), '--out', runDir, '--threads', '2']);
    await until(child, () => checkpointsOf(runDir).length > 0);
    child.process.kill(signal);
    expect((await child.ended).code).toBe(code);
    const { stdout } = await edgemlsim('resume', runDir, '--json', '--threads', '1');
    expect(JSON.parse(stdout)).toMatchObject({ status: 'done', journalHash: expected });
  });
});

it('the program reports which node waits for which when a run stalls', async () => {
  const config = configFile({
    layers: {
      ...tinyInput.layers,
      edge: { collect: { count: 3 }, deadlineS: 1000 },
      worker: { link: { loss: 1 } },
    },
  });
  const { stdout } = await edgemlsim('run', config, '--out', freshPath(), '--json');
  const { ended, waiting } = JSON.parse(stdout);
  expect(ended).toBe('stalled');
  const gradients = { round: 1, what: 'gradients', has: 0, wants: 3, from: [] };
  expect(waiting).toEqual([
    { server: 'cloud', round: 1, what: 'results', has: 0, wants: 2, from: ['left', 'right'] },
    { server: 'left', ...gradients },
    { server: 'right', ...gradients },
  ]);
  const table = (await edgemlsim('run', config, '--out', freshPath())).stdout;
  expect(table).toMatch(
    /^waiting +cloud has 0 of 2 results for round 1 and waits for left, right$/m,
  );
  expect(table).toMatch(
    /^ +left has 0 of 3 gradients for round 1 and waits for any worker that comes into range$/m,
  );
});
