import { describe, expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld } from '../in-process-world.ts';
import { tinyConfig, tinyInput } from '../tiny-config.ts';
import { expectConserved, treeConfig } from '../tree-laws.ts';

type LineOf<Type extends SimulatedLine['type']> = Extract<SimulatedLine, { type: Type }>;

async function linesWith(
  attack: object | null,
  changes: Parameters<typeof tinyConfig>[0] = {},
): Promise<SimulatedLine[]> {
  const worker = { gradientS: 0.7, ...(attack && { attack }) };
  const layers = { ...tinyInput.layers, worker };
  const world = await InProcessWorld.open(tinyConfig({ ...changes, layers }));
  await world.run();
  return world.lines;
}

function ofType<Type extends SimulatedLine['type']>(lines: readonly SimulatedLine[], type: Type) {
  return lines.filter((line): line is LineOf<Type> => line.type === type);
}

describe('workers that poison their samples', () => {
  const byzantine = ['worker-2', 'worker-4'];
  const attack = { rule: 'label-flip', byzantine: { ids: byzantine } };

  it('do so with every gradient, which the journal and each aggregation count', async () => {
    const lines = await linesWith(attack);
    const started = ofType(lines, 'gradient-started');
    for (const { worker, poisoned } of started) {
      expect(poisoned ?? false).toBe(byzantine.includes(worker));
    }
    const poisoned = new Set(started.flatMap((line) => (line.poisoned ? [line.gradient] : [])));
    const aggregated = ofType(lines, 'gradient-ended').filter(
      ({ outcome, gradient }) => outcome === 'aggregated' && poisoned.has(gradient),
    );
    const counted = ofType(lines, 'aggregated').filter(({ layer }) => layer === 'edge');
    expect(counted.reduce((sum, line) => sum + line.byzantine, 0)).toBe(aggregated.length);
    expect(aggregated.length).toBeGreaterThan(10);
    expect(ofType(lines, 'run-started')[0]!.byzantine).toEqual({ worker: byzantine });
  });

  it('change nothing else of what happens, for no time depends on what is learnt', async () => {
    const [poisoned, clean] = [await linesWith(attack), await linesWith(null)];
    const times = (lines: readonly SimulatedLine[]) =>
      lines.map(({ n, timeUs, type }) => [n, timeUs, type]);
    expect(times(poisoned)).toEqual(times(clean));
  });
});

describe('how well a model learns', () => {
  // Two classes, so that the opposite of the truth is all that flipped labels can teach.
  const longer = {
    data: {
      dataset: { name: 'synthetic', features: 8, classes: 2, trainItems: 120, testItems: 60 },
      batchSize: 10,
    },
    model: { layers: [8, 6, 2] },
    training: { maximumRounds: 150, learningRate: 0.01 },
  } satisfies Parameters<typeof tinyConfig>[0];
  const accuracyWith = async (count: number): Promise<number> => {
    const attack = { rule: 'label-flip', byzantine: { count } };
    const lines = await linesWith(count > 0 ? attack : null, longer);
    return ofType(lines, 'evaluated').at(-1)!.accuracy!;
  };

  it('turns into its opposite when everyone flips labels, and suffers when half do', async () => {
    const [honest, half, all] = [
      await accuracyWith(0),
      await accuracyWith(3),
      await accuracyWith(6),
    ];
    expect(honest).toBeGreaterThan(0.75);
    expect(all).toBeLessThan(0.25);
    expect(half).toBeLessThan(honest);
    expect(half).toBeGreaterThan(all);
  });
});

describe('a back door', () => {
  const options = { image: [2, 4, 1], size: 1, value: 6, share: 0.5, target: 1 };
  const training = { maximumRounds: 150, learningRate: 0.01 };
  const withCount = (count: number) =>
    linesWith({ rule: 'backdoor', options, byzantine: { count } }, { training });
  const successOf = (lines: readonly SimulatedLine[]) =>
    ofType(lines, 'evaluated').at(-1)!.attackSuccess!;

  it('is tried without any Byzantine worker too, and then nothing else is different', async () => {
    const baseline = await withCount(0);
    const without = (lines: readonly SimulatedLine[]) =>
      lines.map((line) => {
        if (line.type === 'run-started') return { ...line, byzantine: null };
        if (line.type !== 'evaluated') return line;
        const { attackSuccess: _, ...rest } = line;
        return rest;
      });
    expect(without(baseline)).toEqual(without(await linesWith(null, { training })));
    for (const { attackSuccess } of ofType(baseline, 'evaluated')) {
      expect(attackSuccess).toBeGreaterThanOrEqual(0);
      expect(attackSuccess).toBeLessThanOrEqual(1);
    }
  });

  it('opens when everyone puts it in, and stays shut when no worker does', async () => {
    // A trigger far outside of the data, which only poisoned items wear.
    expect(successOf(await withCount(6))).toBeGreaterThan(0.9);
    expect(successOf(await withCount(6))).toBeGreaterThan(successOf(await withCount(0)) + 0.3);
  });
});

describe('workers of a tree of models that poison their windows', () => {
  const byzantine = ['worker-1', 'worker-4'];
  const attack = (ids: readonly string[]) => ({ rule: 'label-flip', byzantine: { ids } });
  const tree = (worker: object) =>
    treeConfig({
      data: {
        dataset: { name: 'synthetic', features: 8, classes: 2, trainItems: 120, testItems: 60 },
        batchSize: 10,
      },
      model: { layers: [8, 6, 2] },
      windows: { everyS: 2, count: 12, epochs: 4 },
      layers: { worker: { speedMflops: 0.02, ...worker } },
    });
  const treeLines = async (worker: object) => {
    const world = await InProcessWorld.open(tree(worker));
    await world.run();
    expectConserved(world);
    return world.lines;
  };

  it('do so with every window, and updates with one of these count as Byzantine', async () => {
    const push = { changes: 2 };
    const lines = await treeLines({ attack: attack(byzantine), push, pull: push });
    for (const { worker, poisoned = false } of ofType(lines, 'window-trained')) {
      expect(poisoned).toBe(byzantine.includes(worker));
    }
    for (const { node, outcome, byzantine: counted = false } of ofType(lines, 'update-ended')) {
      if (outcome === 'aggregated') expect(counted).toBe(byzantine.includes(node));
    }
    const edges = ofType(lines, 'aggregated').filter(({ layer }) => layer === 'edge');
    expect(edges.reduce((sum, line) => sum + line.byzantine, 0)).toBe(2 * 6);
  });

  it('teach the opposite of the truth where all of them do', async () => {
    const last = (lines: readonly SimulatedLine[]) =>
      ofType(lines, 'evaluated')
        .filter(({ server }) => server === 'cloud')
        .at(-1)!.accuracy!;
    const all = ['worker-1', 'worker-2', 'worker-3', 'worker-4'];
    expect(last(await treeLines({}))).toBeGreaterThan(0.6);
    expect(last(await treeLines({ attack: attack(all) }))).toBeLessThan(0.4);
  });
});
