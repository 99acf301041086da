import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { nextBatch, openBatchStream } from '#src/learning/batch-stream.js';
import { makeSynthetic, type SyntheticSpec } from '#src/learning/datasets/synthetic.js';
import { streamState } from '#src/simulation/random.js';
import { rootTheta } from '#src/worlds/node-set.js';
import { plainGradient } from '../../learning/plain-network.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { type TinyInput, tinyConfig, tinyInput } from '../tiny-config.ts';
import { lineText } from './line-text.ts';

// Asynchronous runs, small enough to work out by hand.
//
// p drives nowhere beside server a and takes 1 s for a gradient; r walks away from server b at
// 10 m a second, out of its range of 50 m at 5 s. Every server closes at one vector.
//
// The net has 75 parameters, 2 400 bits. Without latency, a vector takes 100 ms at 0.024 Mbit/s by
// radio, and 10 ms at 0.24 Mbit/s to the cloud. Models, gradients and results are all vectors.

const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-out-of-step-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function traceFile(): string {
  const steps = Array.from({ length: 31 }, (_, second) => {
    return `<timestep time="${second}"><vehicle id="p" x="10" y="0"/>
      <person id="r" x="1000" y="${10 * second}"/></timestep>`;
  });
  const file = join(folder, 'trace.fcd.xml');
  writeFileSync(file, `<fcd-export>${steps.join('\n')}</fcd-export>`);
  return file;
}

/** `slowS`: how long r takes for a gradient. */
function input(slowS: number, changes: Partial<TinyInput>, cloud: object = {}): Partial<TinyInput> {
  const byOne = { collect: { count: 1 } };
  return {
    mobility: { trace: traceFile(), workers: { mode: 'one-per-entity' } },
    servers: [
      { id: 'a', site: { xM: 0, yM: 0 } },
      { id: 'b', site: { xM: 1000, yM: 0 } },
    ],
    layers: {
      cloud: { ...byOne, ...cloud },
      edge: { ...byOne, link: { bandwidthMbps: 0.24, latencyMs: 0 } },
      worker: {
        gradientSByKind: { car: 1, pedestrian: slowS },
        link: { bandwidthMbps: 0.024, latencyMs: 0 },
      },
    },
    evaluation: { everyGradients: 100 },
    ...changes,
  };
}

const setOut: [number, string][] = [
  [0, 'run-started'],
  [0, 'measured: round 0, version 0, epoch 0'],
  [0, 'cloud opens round 1, version 0, 2 in range'],
  [0, 'p enters the map'],
  [0, 'r enters the map'],
  [0, 'p enters a, contact 0'],
  [0, 'r enters b, contact 1'],
  [0, 'p joins a'],
  [0, 'r joins b'],
  [10_000, 'a opens round 1, version 0, 1 in range'],
  [10_000, 'b opens round 1, version 0, 1 in range'],
  [110_000, 'p starts g0, round 1, version 0'],
  [110_000, 'r starts g1, round 1, version 0'],
  // p sends g0 and goes on with the only model that it has.
  [1_110_000, 'p starts g2, round 1, version 0'],
  [1_210_000, 'a aggregates 1 of 1 into r0'],
  [1_210_000, 'g0 of p aggregated at a'],
  [1_210_000, 'a opens round 2, version 0, 1 in range'],
  [1_220_000, 'cloud aggregates 1 of 1 into r1'],
  [1_220_000, 'r0 of a aggregated at cloud'],
  [1_220_000, 'version 1 of 1 gradients'],
  [1_220_000, 'round 1 ends'],
  // Version 1 is at a at 1 230 000, and with p at 1 330 000.
  [1_220_000, 'cloud opens round 2, version 1, 2 in range'],
  [2_110_000, 'p starts g3, round 2, version 1'],
  [2_210_000, 'a aggregates 1 of 1 into r2'],
  [2_210_000, 'g2 of p aggregated at a, 1 behind'],
  [2_210_000, 'a opens round 3, version 1, 1 in range'],
];

/** r takes 2.5 s; a result that is s versions behind counts 1 / (1 + s) at the cloud. */
const asynchronous = input(
  2.5,
  { rounds: { mode: 'asynchronous' }, training: { maximumRounds: 5, learningRate: 0.25 } },
  { aggregate: { stalenessWeight: { rule: 'polynomial', options: { a: 1 } } } },
);

it('an asynchronous run of five versions is, event by event, what was worked out by hand', async () => {
  const world = await InProcessWorld.open(tinyConfig(asynchronous));
  await world.run();
  expect(world.lines.map((line) => [line.timeUs, lineText(line)])).toEqual([
    ...setOut,
    [2_220_000, 'cloud aggregates 1 of 1 into r3'],
    [2_220_000, 'r2 of a aggregated at cloud, 1 behind'],
    // With a at 2 230 000, with p at 2 330 000; b has version 0 still.
    [2_220_000, 'version 2 of 2 gradients'],
    [2_220_000, 'round 2 ends'],
    [2_220_000, 'cloud opens round 3, version 2, 2 in range'],
    [2_610_000, 'r starts g4, round 1, version 0'],
    // By the model of b it is not stale, by that of the cloud it is.
    [2_710_000, 'b aggregates 1 of 1 into r4'],
    [2_710_000, 'g1 of r aggregated at b'],
    [2_710_000, 'b opens round 2, version 0, 1 in range'],
    [2_720_000, 'cloud aggregates 1 of 1 into r5'],
    [2_720_000, 'r4 of b aggregated at cloud, 2 behind'],
    // For b alone, at 2 730 000.
    [2_720_000, 'version 3 of 3 gradients'],
    [2_720_000, 'round 3 ends'],
    [2_720_000, 'cloud opens round 4, version 3, 2 in range'],
    [3_110_000, 'p starts g5, round 3, version 2'],
    [3_210_000, 'a aggregates 1 of 1 into r6'],
    [3_210_000, 'g3 of p aggregated at a, 1 behind'],
    [3_210_000, 'a opens round 4, version 2, 1 in range'],
    [3_220_000, 'cloud aggregates 1 of 1 into r7'],
    [3_220_000, 'r6 of a aggregated at cloud, 2 behind'],
    [3_220_000, 'version 4 of 4 gradients'],
    [3_220_000, 'round 4 ends'],
    [3_220_000, 'cloud opens round 5, version 4, 2 in range'],
    [4_110_000, 'p starts g6, round 4, version 4'],
    [4_210_000, 'a aggregates 1 of 1 into r8'],
    [4_210_000, 'g5 of p aggregated at a, 2 behind'],
    [4_210_000, 'a opens round 5, version 4, 1 in range'],
    [4_220_000, 'cloud aggregates 1 of 1 into r9'],
    [4_220_000, 'r8 of a aggregated at cloud, 2 behind'],
    [4_220_000, 'version 5 of 5 gradients'],
    [4_220_000, 'round 5 ends'],
    [4_220_000, 'measured: round 5, version 5, epoch 0'],
    [4_220_000, 'g4 of r in-flight at b'],
    [4_220_000, 'g6 of p in-flight at a'],
    [4_220_000, 'ends: rounds 5, 7 started, 5 computed, 5 updates'],
  ]);
});

it('with recipients all, b has every version 10 ms after the cloud made it, and r 100 ms later', async () => {
  const rounds = { mode: 'asynchronous', recipients: 'all' } as const;
  const world = await InProcessWorld.open(tinyConfig({ ...asynchronous, rounds }));
  await world.run();
  const untilFour = world.lines.filter(({ timeUs }) => timeUs > 2_220_000 && timeUs < 4_000_000);
  expect(untilFour.map((line) => [line.timeUs, lineText(line)])).toEqual([
    // Version 2 is at b at 2 230 000, and with r at 2 330 000.
    [2_610_000, 'r starts g4, round 1, version 2'],
    [2_710_000, 'b aggregates 1 of 1 into r4'],
    [2_710_000, 'g1 of r aggregated at b, 2 behind'],
    [2_710_000, 'b opens round 2, version 2, 1 in range'],
    [2_720_000, 'cloud aggregates 1 of 1 into r5'],
    [2_720_000, 'r4 of b aggregated at cloud, 2 behind'],
    // At a at 2 730 000, and with p at 2 830 000.
    [2_720_000, 'version 3 of 3 gradients'],
    [2_720_000, 'round 3 ends'],
    [2_720_000, 'cloud opens round 4, version 3, 2 in range'],
    [3_110_000, 'p starts g5, round 3, version 3'],
    [3_210_000, 'a aggregates 1 of 1 into r6'],
    [3_210_000, 'g3 of p aggregated at a, 2 behind'],
    [3_210_000, 'a opens round 4, version 3, 1 in range'],
    [3_220_000, 'cloud aggregates 1 of 1 into r7'],
    [3_220_000, 'r6 of a aggregated at cloud, 2 behind'],
    [3_220_000, 'version 4 of 4 gradients'],
    [3_220_000, 'round 4 ends'],
    [3_220_000, 'cloud opens round 5, version 4, 2 in range'],
  ]);
});

it.each([
  // By gradient, the stream that its batch is drawn from.
  ['regions', ['a', 'b', 'a', 'a', 'b', 'a', 'a']],
  ['shared', Array.from({ length: 7 }, () => 'shared')],
] as const)(
  'with data of %s its model is what plain loops make of it, bit for bit',
  async (owners, owner) => {
    const data = { ...tinyInput.data, owners };
    const config = tinyConfig({ ...asynchronous, data });
    const world = await InProcessWorld.open(config);
    const { theta: untrained, settings } = world.composition;
    const thetas = [untrained.slice()];
    await world.run();

    const { splits } = makeSynthetic(tinyInput.data!.dataset as SyntheticSpec);
    const { inputs, targets: labels } = splits.train;
    const all = Uint32Array.from({ length: 120 }, (_, item) => item);
    const spec = { kind: 'mlp', layers: [8, 6, 3], activation: 'relu' } as const;
    const batches = new Map(
      ['a', 'b', 'shared'].map((name) => {
        const items = owners === 'shared' ? all : (settings.itemsByOwner.get(name) ?? all);
        return [name, openBatchStream(items, streamState(config.seed, `batches/${name}`))];
      }),
    );
    const drawn = owner.map((name) => nextBatch(batches.get(name)!, 10).items);
    const gradientOn = (version: number, gradient: number) => {
      const items = [...drawn[gradient]!];
      const rows = items.map((item) => Float32Array.from(inputs.slice(8 * item, 8 * (item + 1))));
      const batch = items.map((item) => labels[item]!);
      return plainGradient(
        { ...spec, initialisation: 'xavier-uniform' },
        thetas[version]!,
        rows,
        batch,
      ).gradient;
    };
    const { fround } = Math;
    // Parts of each version: which gradient, on which version, how many versions behind.
    for (const [gradient, version, staleness] of [
      [0, 0, 0],
      [2, 0, 1],
      [1, 0, 2],
      [3, 1, 2],
      [5, 2, 2],
    ] as const) {
      const weight = fround(1 / (1 + staleness));
      const weighted = gradientOn(version, gradient).map((x) => fround(weight * x));
      thetas.push(thetas.at(-1)!.map((x, i) => fround(x - fround(0.25 * weighted[i]!))));
    }
    expect(world.values.vector(rootTheta(world.world.state.cloud)!)).toEqual(thetas[5]);
  },
);

it('a partially asynchronous cloud is held back until the instant at which the slow worker leaves', async () => {
  // r would take a minute. No worker may run more than one version ahead of it.
  const rounds = { mode: 'partially-asynchronous', maximumStaleness: 1 } as const;
  const training = { maximumRounds: 2, learningRate: 0.25 };
  const world = await InProcessWorld.open(tinyConfig(input(60, { rounds, training })));
  await world.run();
  expect(world.lines.map((line) => [line.timeUs, lineText(line)])).toEqual([
    ...setOut,
    // There is enough for version 2, but r works on version 0.
    [2_220_000, 'cloud is held back at version 1 by r on 0'],
    // No newer model comes, so p knows of no later round of a.
    [3_110_000, 'p starts g4, round 2, version 1'],
    [3_210_000, 'a aggregates 1 of 1 into r3'],
    [3_210_000, 'g3 of p aggregated at a'],
    [3_210_000, 'a opens round 4, version 1, 1 in range'],
    [4_110_000, 'p starts g5, round 2, version 1'],
    [4_210_000, 'a aggregates 1 of 1 into r4'],
    [4_210_000, 'g4 of p aggregated at a'],
    [4_210_000, 'a opens round 5, version 1, 1 in range'],
    [5_000_000, 'leave-range'],
    [5_000_000, 'r joins null'],
    // It takes one result. The two that came later wait for the next version.
    [5_000_000, 'cloud aggregates 1 of 1 into r5'],
    [5_000_000, 'r2 of a aggregated at cloud, 1 behind'],
    [5_000_000, 'g1 of r left-range at b'],
    [5_000_000, 'version 2 of 2 gradients'],
    [5_000_000, 'round 2 ends'],
    [5_000_000, 'measured: round 2, version 2, epoch 0'],
    [5_000_000, 'g5 of p in-flight at a'],
    [5_000_000, 'r3 of a in-flight at cloud'],
    [5_000_000, 'r4 of a in-flight at cloud'],
    [5_000_000, 'ends: rounds 2, 6 started, 4 computed, 2 updates'],
  ]);
});

it('a busy asynchronous cloud takes its results one by one, however many wait', async () => {
  // It takes 2.4 s to aggregate one, while p sends one a second; r takes longer than the run.
  const rounds = { mode: 'asynchronous' } as const;
  const training = { maximumRounds: 2, learningRate: 0.25 };
  const busy = input(100, { rounds, training }, { aggregationMsPerVector: 2400 });
  const world = await InProcessWorld.open(tinyConfig(busy));
  await world.run();
  expect(world.lines.map((line) => [line.timeUs, lineText(line)])).toEqual([
    ...setOut.filter(([timeUs]) => timeUs < 1_220_000),
    [1_220_000, 'cloud aggregates 1 of 1 into r1'],
    [1_220_000, 'r0 of a aggregated at cloud'],
    // r2 is at the cloud at 2 220 000, r3 at 3 220 000.
    [2_110_000, 'p starts g3, round 1, version 0'],
    [2_210_000, 'a aggregates 1 of 1 into r2'],
    [2_210_000, 'g2 of p aggregated at a'],
    [2_210_000, 'a opens round 3, version 0, 1 in range'],
    [3_110_000, 'p starts g4, round 1, version 0'],
    [3_210_000, 'a aggregates 1 of 1 into r3'],
    [3_210_000, 'g3 of p aggregated at a'],
    [3_210_000, 'a opens round 4, version 0, 1 in range'],
    [3_620_000, 'version 1 of 1 gradients'],
    [3_620_000, 'round 1 ends'],
    [3_620_000, 'cloud opens round 2, version 1, 2 in range'],
    // Two wait: it takes the first.
    [3_620_000, 'cloud aggregates 1 of 1 into r4'],
    [3_620_000, 'r2 of a aggregated at cloud, 1 behind'],
    // Version 1 is with a at 3 630 000, with p at 3 730 000.
    [4_110_000, 'p starts g5, round 4, version 1'],
    [4_210_000, 'a aggregates 1 of 1 into r5'],
    [4_210_000, 'g4 of p aggregated at a, 1 behind'],
    [4_210_000, 'a opens round 5, version 1, 1 in range'],
    [5_000_000, 'leave-range'],
    [5_000_000, 'r joins null'],
    [5_000_000, 'g1 of r left-range at b'],
    [5_110_000, 'p starts g6, round 4, version 1'],
    [5_210_000, 'a aggregates 1 of 1 into r6'],
    [5_210_000, 'g5 of p aggregated at a'],
    [5_210_000, 'a opens round 6, version 1, 1 in range'],
    [6_020_000, 'version 2 of 2 gradients'],
    [6_020_000, 'round 2 ends'],
    [6_020_000, 'measured: round 2, version 2, epoch 0'],
    [6_020_000, 'g6 of p in-flight at a'],
    [6_020_000, 'r3 of a in-flight at cloud'],
    [6_020_000, 'r5 of a in-flight at cloud'],
    [6_020_000, 'r6 of a in-flight at cloud'],
    [6_020_000, 'ends: rounds 2, 7 started, 5 computed, 2 updates'],
  ]);
});
