import { existsSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import type { SimulatedLine } from '#src/journal/events.js';
import { journalHash } from '#src/journal/reader.js';
import type { DriveOptions } from '#src/run/run.js';
import type { Mark, RunSummary } from '#src/run/run-summary.js';
import { VirtualRun } from '#src/run/virtual-run.js';
import { hashOf, InProcessWorld } from '../worlds/in-process-world.ts';
import { tinyConfig } from '../worlds/tiny-config.ts';
import { nanAttack } from '../worlds/virtual/random-system.ts';
import { checkpointsOf } from './children.ts';
import { freshPath, isSound, journalOf, startRun, statusOf } from './run-folders.ts';

const config = tinyConfig();

async function runWhole(
  given: Config = config,
  { threads = 1, ...options }: DriveOptions & { threads?: number } = {},
): Promise<RunSummary> {
  const run = await startRun(given, freshPath(), threads);
  return run.toEnd(options);
}

async function resumed(
  runDir: string,
  options: DriveOptions = {},
  threads = 2,
): Promise<RunSummary> {
  const run = await VirtualRun.resume(runDir, { threads });
  return run.toEnd(options);
}

function checkpointing(everyRounds: number, keep = 2): Config {
  return tinyConfig({ checkpoints: { everyRounds, keep } });
}

describe('the journal of a run', () => {
  let expected: string;
  beforeAll(async () => {
    // The same world without threads, files or pauses.
    const world = await InProcessWorld.open(config);
    await world.run();
    expected = world.hash;
    expect(world.hash).toBe(hashOf(world.text));
  });

  it.each([1, 1, 2, 2, 3])('is the same whenever it is run, with %i threads', async (threads) => {
    const summary = await runWhole(config, { threads });
    expect(summary).toMatchObject({ status: 'done', rounds: 25, journalHash: expected });
    expect(await journalHash(join(summary.runDir, 'journal.jsonl'))).toBe(expected);
    expect(statusOf(summary.runDir)).toEqual({ status: 'done', summary });
    const lines = journalOf(summary.runDir);
    expect(isSound(lines)).toBe(true);
    expect(lines[0]).toMatchObject({ host: 0, type: 'started', threads });
    expect(lines.at(-1)).toMatchObject({ type: 'finished' });
  });

  it('is the same on WebAssembly alone, and the journal says what it ran on', async () => {
    const { runDir, journalHash } = await runWhole({ ...config, kernels: 'wasm' }, { threads: 2 });
    expect(journalHash).toBe(expected);
    expect(journalOf(runDir)[0]).toMatchObject({ type: 'started', kernels: 'wasm' });
  });

  it.each(['optimal-ipm', 'optimal-alie'])(
    'is the same with %s, which tries lies on the rule of the server, with 1 and 2 threads',
    async (rule) => {
      const attack = { rule, byzantine: { count: 1, scope: 'per-aggregation' } };
      // CAF draws random numbers, the same for each vector that is tried.
      const aggregate = { rule: 'caf', f: 1, before: [{ rule: 'nearest-neighbor-mixing' }] };
      const given = tinyConfig({
        layers: { edge: { collect: { count: 4 }, deadlineS: 8, aggregate }, worker: { attack } },
      });
      const hashes: string[] = [];
      for (const threads of [1, 2]) {
        const summary = await runWhole(given, { threads });
        expect(summary.updates).toBeGreaterThan(0);
        hashes.push(summary.journalHash);
      }
      expect(hashes[1]).toBe(hashes[0]);
    },
  );

  it.each<[string, Mark]>([
    ['a round', { round: 3 }],
    ['a time', { timeUs: 12_345_678 }],
    ['the very beginning', { timeUs: 0 }],
  ])('is the same when it is advanced to %s and then goes on', async (_, mark) => {
    const run = await startRun(config);
    expect(await run.advance(mark)).toBe(true);
    const summary = await run.toEnd();
    expect(summary.journalHash).toBe(expected);
    const types = journalOf(summary.runDir).map(({ type }) => type);
    expect(types.filter((type) => type === 'paused' || type === 'continued')).toEqual([
      'paused',
      'continued',
    ]);
  });

  it('is the same when the clock is held, events are stepped through, and it goes on', async () => {
    const run = await startRun(config, freshPath(), 2);
    const paused = run.pause();
    const running = run.toEnd();
    for (let hold = 0; hold < 3; hold += 1) {
      await (hold === 0 ? paused : run.pause());
      for (let event = 0; event < 40; event += 1) {
        const before = run.progress.simTimeS;
        for (let turn = 0; turn < 5; turn += 1) await nextTurn();
        expect(run.progress.simTimeS).toBe(before);
        await run.step();
      }
      // Held again at once: left to itself the run may be over after a turn or two.
      run.continue();
    }
    expect((await running).journalHash).toBe(expected);
    await expect(run.step()).rejects.toThrow('the run is over');
  });

  it('is the same when it is stepped to the end of a round, and goes on', async () => {
    const run = await startRun(config, freshPath(), 2);
    const isReached = (line: SimulatedLine) => line.type === 'round-ended';
    await run.step({ isReached, signal: AbortSignal.abort() });
    expect(run.progress.round).toBe(0);
    await run.step({ isReached, signal: new AbortController().signal });
    expect(run.progress.round).toBe(1);
    const { journalHash, runDir } = await run.toEnd();
    expect(journalHash).toBe(expected);
    expect(isSound(journalOf(runDir))).toBe(true);
  });

  it.each([1, 4, 1000])('is the same with a checkpoint every %i rounds', async (everyRounds) => {
    const summary = await runWhole(checkpointing(everyRounds));
    expect(summary.journalHash).toBe(expected);
    const checkpoints = journalOf(summary.runDir).filter(({ type }) => type === 'checkpoint');
    expect(checkpoints).toHaveLength(Math.floor(25 / everyRounds));
    const kept = readdirSync(join(summary.runDir, 'checkpoints'));
    expect(kept).toHaveLength(Math.min(2, checkpoints.length));
  });

  it('is the same when it is stopped at marks and resumed, with other threads each time', async () => {
    const run = await startRun(config);
    const { runDir, status } = await run.toEnd({ until: { round: 2 } });
    expect(status).toBe('stopped');
    expect(statusOf(runDir).status).toBe('stopped');
    const marks: Mark[] = [{ timeUs: 9_000_000 }, { timeUs: 9_500_000 }, { round: 20 }];
    for (const [index, until] of marks.entries()) {
      expect((await resumed(runDir, { until }, 1 + (index % 2))).status).toBe('stopped');
    }
    expect(await resumed(runDir)).toMatchObject({ status: 'done', journalHash: expected });
    const lines = journalOf(runDir);
    expect(isSound(lines)).toBe(true);
    expect(lines.filter(({ type }) => type === 'resumed')).toHaveLength(4);
  });

  it.each([
    { name: 'sgd', momentum: 0.9, weightDecay: 0.01 },
    { name: 'adagrad' },
    { name: 'adam' },
  ] as const)('is the same at any number of threads and resumed, with %o', async (optimiser) => {
    const training = { maximumRounds: 25, learningRate: 0.01, optimiser };
    const remembering = tinyConfig({ training, checkpoints: { everyRounds: 4 } });
    const { journalHash: hash } = await runWhole(remembering);
    expect(hash).not.toBe(expected);
    expect((await runWhole(remembering, { threads: 3 })).journalHash).toBe(hash);
    const run = await startRun(remembering);
    const { runDir } = await run.toEnd({ until: { round: 6 } });
    expect(await resumed(runDir)).toMatchObject({ status: 'done', journalHash: hash });
  });

  it('is the same when it is asked to stop in the middle and resumed', async () => {
    const run = await startRun(config);
    await run.advance({ round: 7 });
    run.stop();
    const { status, runDir } = await run.toEnd();
    expect(status).toBe('stopped');
    expect(await resumed(runDir)).toMatchObject({ status: 'done', journalHash: expected });
  });

  it('is the same from an older checkpoint when the journal was cut below the newest', async () => {
    const run = await startRun(checkpointing(8, 3));
    const { runDir } = await run.toEnd({ until: { round: 23 } });
    const lines = journalOf(runDir);
    const checkpoints = lines.flatMap((line) => (line.type === 'checkpoint' ? [line] : []));
    expect(checkpoints).toHaveLength(3);
    const journal = join(runDir, 'journal.jsonl');
    const text = readFileSync(journal, 'utf8');
    truncateSync(journal, text.indexOf(`{"n":${checkpoints[1]!.event + 5},`));
    const again = await VirtualRun.resume(runDir, { threads: 2 });
    // The newest one must not come to fit the journal that grows now.
    const files = checkpoints.slice(0, 2).map(({ file }) => file.replace('checkpoints/', ''));
    expect(checkpointsOf(runDir).map((file) => basename(file))).toEqual(files);
    expect(await again.toEnd()).toMatchObject({ status: 'done', journalHash: expected });
    const from = journalOf(runDir).flatMap((line) =>
      line.type === 'resumed' ? [line.fromEvent] : [],
    );
    expect(from).toEqual([checkpoints[1]!.event]);
  });

  it('is another one with another seed', async () => {
    expect((await runWhole(tinyConfig({ seed: 2 }))).journalHash).not.toBe(expected);
  });
});

it('a run whose servers wait for numbers is the same with one thread and with two', async () => {
  const waiting = tinyConfig({
    layers: {
      edge: {
        collect: { count: 3 },
        deadlineS: 6,
        aggregate: { rule: 'marginal-median', f: 1, tooFew: 'wait' },
      },
      worker: {
        gradientS: 0.4,
        attack: { rule: nanAttack, byzantine: { fraction: 0.5, scope: 'per-aggregation' } },
      },
    },
  });
  const [one, two] = [
    await runWhole(waiting, { threads: 1 }),
    await runWhole(waiting, { threads: 2 }),
  ];
  expect(one).toMatchObject({ status: 'done', rounds: 25 });
  expect(one.droppedNonFinite).toBeGreaterThan(50);
  expect(two.journalHash).toBe(one.journalHash);
});

it('stopping beyond the end of a run lets it end', async () => {
  const short = tinyConfig({ training: { maximumTimeS: 6, learningRate: 0.01 } });
  const summary = await runWhole(short, { until: { timeUs: 6_100_000 } });
  expect(summary).toMatchObject({ status: 'done', simTimeS: 6 });
});

describe('pause()', () => {
  it('comes back at once when the clock is held already, and when the run has ended', async () => {
    const run = await startRun(config);
    const first = run.pause();
    const running = run.toEnd();
    await first;
    await run.pause();
    run.continue();
    await running;
    await run.pause();
    expect(run.progress.simTimeS).toBeGreaterThan(0);
  });

  it('comes back when the run ends before it could be held', async () => {
    const run = await startRun(config);
    run.stop();
    const paused = run.pause();
    await run.toEnd();
    await paused;
    expect(statusOf((await runWhole()).runDir).status).toBe('done');
  });

  it('is needed before step() while the run is under way', async () => {
    const run = await startRun(config);
    const running = run.toEnd();
    await expect(run.step()).rejects.toThrow('the run is not paused');
    run.stop();
    await running;
  });
});

describe('the run folder', () => {
  it('holds the config, where the numbers come from, the status and the journal', async () => {
    const { runDir } = await runWhole();
    for (const name of ['config.resolved.yaml', 'provenance.json', 'status.json']) {
      expect(existsSync(join(runDir, name))).toBe(true);
    }
    const provenance = JSON.parse(readFileSync(join(runDir, 'provenance.json'), 'utf8'));
    const trace = readFileSync(config.mobility.trace as string);
    expect(provenance).toMatchObject({
      seed: 1,
      engine: 'reference',
      node: process.version,
      inputs: { trace: hashOf(trace.toString()), files: {} },
    });
  });
});
