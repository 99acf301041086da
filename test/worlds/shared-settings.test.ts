import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld } from './in-process-world.ts';
import { InProcessLiveWorld } from './live/in-process-live-world.ts';
import { only } from './only.ts';
import { type TinyInput, tinyConfig, tinyInput } from './tiny-config.ts';

// Settings that both worlds have to follow, where only what holds in any order of events is asked for.

const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-shared-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function linesOf(world: string, changes: Partial<TinyInput>): Promise<SimulatedLine[]> {
  if (world === 'virtual') {
    const virtual = await InProcessWorld.open(tinyConfig(changes));
    await virtual.run();
    expect(virtual.record.violations).toEqual([]);
    return virtual.lines;
  }
  const live = await InProcessLiveWorld.open(
    tinyConfig({ ...changes, world: 'live', live: { speed: 60, patienceS: 3 } }),
  );
  await live.run();
  expect(live.record.violations).toEqual([]);
  return live.simulated;
}

describe.each(['virtual', 'live'])('the %s world', (world) => {
  it.each([
    ['contributors', false],
    ['all', true],
  ] as const)('sends a new model to %s', async (recipients, toAll) => {
    // p is with a and needs 1 s for a gradient, r with b and needs 5 s.
    const steps = Array.from({ length: 31 }, (_, second) => {
      return `<timestep time="${second}"><vehicle id="p" x="10" y="0"/>
        <person id="r" x="1000" y="10"/></timestep>`;
    });
    const trace = join(folder, 'still.fcd.xml');
    writeFileSync(trace, `<fcd-export>${steps.join('')}</fcd-export>`);
    const lines = await linesOf(world, {
      mobility: { trace, workers: { mode: 'one-per-entity' } },
      servers: [
        { id: 'a', site: { xM: 0, yM: 0 } },
        { id: 'b', site: { xM: 1000, yM: 0 } },
      ],
      rounds: { mode: 'asynchronous', recipients },
      layers: {
        edge: { collect: { count: 1 } },
        worker: { gradientSByKind: { car: 1, pedestrian: 5 } },
      },
      training: { maximumRounds: 40, learningRate: 0.01 },
    });
    // Versions that hold a result of b, and those that r, with b, has worked on.
    const ofB = new Set([0]);
    let hasB = false;
    for (const line of lines) {
      if (line.type === 'result-ended' && line.outcome === 'aggregated')
        hasB ||= line.server === 'b';
      if (line.type !== 'updated') continue;
      if (hasB) ofB.add(line.version);
      hasB = false;
    }
    const begun = lines.flatMap((line) =>
      line.type === 'gradient-started' && line.worker === 'r' ? [line.version] : [],
    );
    expect(ofB.size).toBeGreaterThan(3);
    expect(begun.some((version) => !ofB.has(version))).toBe(toAll);
  });

  it('never closes a server without a deadline that never has enough, and says who waits for whom', async () => {
    // p is with a and sends a gradient a second, no worker is ever with b: its round stays open, and so
    // does that of the cloud, which waits for b. The trace of ten seconds is repeated ten times.
    const steps = Array.from({ length: 11 }, (_, second) => {
      return `<timestep time="${second}"><vehicle id="p" x="10" y="0"/></timestep>`;
    });
    const trace = join(folder, 'alone.fcd.xml');
    writeFileSync(trace, `<fcd-export>${steps.join('')}</fcd-export>`);
    const lines = await linesOf(world, {
      mobility: { trace, workers: { mode: 'one-per-entity' } },
      servers: [
        { id: 'a', site: { xM: 0, yM: 0 } },
        { id: 'b', site: { xM: 1000, yM: 0 } },
      ],
      layers: {
        edge: { collect: { count: 2 }, deadlineS: null },
        worker: { gradientS: 1 },
      },
      training: { maximumRounds: 40, learningRate: 0.01 },
    });
    expect(only(lines, 'aggregated').map(({ server }) => server)).toEqual(['a']);
    expect(only(lines, 'no-result')).toEqual([]);
    const waiting = only(lines, 'waiting').map(({ server, what, has, wants, from }) => {
      return { server, what, has, wants, from };
    });
    expect(waiting).toHaveLength(3);
    expect(waiting).toEqual(
      expect.arrayContaining([
        { server: 'cloud', what: 'results', has: 1, wants: 2, from: ['b'] },
        { server: 'a', what: 'model', has: 0, wants: 1, from: ['cloud'] },
        { server: 'b', what: 'gradients', has: 0, wants: 2, from: [] },
      ]),
    );
    expect(only(lines, 'run-ended').map(({ reason }) => reason)).toEqual(['stalled']);
    // With the default of 30 s b reports that it has none, and the cloud goes on.
  });

  it('measures, and ends, when the given number of gradients has been started', async () => {
    const lines = await linesOf(world, {
      training: {
        countedGradients: 'started',
        gradientsPerEpoch: 40,
        epochs: 3,
        learningRate: 0.01,
      },
      evaluation: { everyGradients: 20 },
    });
    // How many had been started at each evaluation, and the epoch.
    let started = 0;
    const measured: { started: number; epoch: number }[] = [];
    for (const line of lines) {
      if (line.type === 'gradient-started') started += 1;
      if (line.type === 'evaluated') measured.push({ started, epoch: line.epoch });
    }
    const marks = [0, 20, 40, 60, 80, 100, 120];
    expect(measured.map(({ epoch }) => epoch)).toEqual(marks.map((mark) => Math.floor(mark / 40)));
    for (const [index, mark] of marks.entries()) {
      const at = measured[index]!.started;
      if (world === 'virtual') expect(at).toBe(mark);
      // Live, workers go on while the cloud hears of it.
      else expect(at).toBeGreaterThanOrEqual(mark);
    }
    const [end] = only(lines, 'run-ended');
    expect(end!.reason).toBe('epochs');
    expect(only(lines, 'updated').at(-1)!.gradients).toBeLessThan(120);
    if (world === 'virtual') expect(end!.gradients).toBe(120);
  });

  it('draws every batch from one pool, shuffled again when all of it is used', async () => {
    const data = { ...tinyInput.data, owners: 'shared' } as const;
    const lines = await linesOf(world, { data });
    const shuffles = lines.flatMap((line) => (line.type === 'data-reshuffled' ? [line] : []));
    const started = lines.filter(({ type }) => type === 'gradient-started').length;
    expect(new Set(shuffles.map(({ owner }) => owner))).toEqual(new Set(['shared']));
    // 120 items are twelve batches of ten: the thirteenth, the twenty-fifth and so on need a shuffle.
    // A live run may end before the batches are there that its six workers have asked for last.
    const least = Math.floor((started - 7) / 12);
    const most = Math.floor((started - 1) / 12);
    const times = shuffles.reduce((sum, each) => sum + each.times, 0);
    expect(times).toBeGreaterThanOrEqual(world === 'virtual' ? most : least);
    expect(times).toBeLessThanOrEqual(most);
    expect(times).toBeGreaterThan(2);
  });
});
