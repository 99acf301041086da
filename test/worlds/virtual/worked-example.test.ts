import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { InProcessWorld } from '../in-process-world.ts';
import { type TinyInput, tinyConfig } from '../tiny-config.ts';
import { lineText } from './line-text.ts';

// A run small enough to work out by hand: two servers, three workers, two rounds.
//
// p and q stand beside server a from the beginning. r comes up to server b at 10 m a second: it is
// 75 m - 10 m/s * t away, enters the range of 50 m at 2.5 s, and stands 35 m away from 4 s on.
//
// The net has 8 * 6 + 6 + 6 * 3 + 3 = 75 parameters, 300 bytes, 2 400 bits. A word without a model
// has 64 bytes, 512 bits.
//   radio:    0.01 Mbit/s and 20 ms: a vector takes 240 000 + 20 000 = 260 000 us, a word 71 200 us
//   backhaul:    1 Mbit/s and  5 ms: a vector takes   2 400 +  5 000 =   7 400 us
// A gradient takes 1 s. An edge closes at 2 gradients or after 5 s and needs 50 ms a vector to
// aggregate, the cloud 10 ms a result.

const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-worked-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function traceFile(): string {
  const steps = Array.from({ length: 31 }, (_, second) => {
    const y = Math.max(35, 75 - 10 * second);
    return `<timestep time="${second}">
      <vehicle id="p" x="10" y="0"/><vehicle id="q" x="0" y="20"/>
      <person id="r" x="1000" y="${y}"/></timestep>`;
  });
  const file = join(folder, 'trace.fcd.xml');
  writeFileSync(file, `<fcd-export>${steps.join('\n')}</fcd-export>`);
  return file;
}

const input: Partial<TinyInput> = {
  mobility: { trace: traceFile(), workers: { mode: 'one-per-entity' } },
  servers: [
    { id: 'a', site: { xM: 0, yM: 0 } },
    { id: 'b', site: { xM: 1000, yM: 0 } },
  ],
  layers: {
    cloud: { aggregationMsPerVector: 10 },
    edge: {
      collect: { count: 2 },
      deadlineS: 5,
      aggregationMsPerVector: 50,
      link: { bandwidthMbps: 1, latencyMs: 5 },
    },
    worker: { gradientS: 1, link: { bandwidthMbps: 0.01, latencyMs: 20 } },
  },
  training: { maximumRounds: 2, learningRate: 0.01, gradientsPerEpoch: 3 },
  evaluation: { everyGradients: 3 },
};

it('a run of two rounds is, event by event, what was worked out by hand', async () => {
  const world = await InProcessWorld.open(tinyConfig(input));
  await world.run();
  expect(world.lines.map((line) => [line.timeUs, lineText(line)])).toEqual([
    [0, 'run-started'],
    [0, 'measured: round 0, version 0, epoch 0'],
    // The model leaves for the edges: 7 400.
    [0, 'cloud opens round 1, version 0, 2 in range'],
    [0, 'p enters the map'],
    [0, 'q enters the map'],
    [0, 'r enters the map'],
    [0, 'p enters a, contact 0'],
    [0, 'q enters a, contact 1'],
    [0, 'p joins a'],
    [0, 'q joins a'],
    // By radio to p and q: 7 400 + 260 000. Deadlines: 5 007 400.
    [7_400, 'a opens round 1, version 0, 2 in range'],
    [7_400, 'b opens round 1, version 0, 0 in range'],
    [267_400, 'p starts g0, round 1, version 0'],
    [267_400, 'q starts g1, round 1, version 0'],
    // A second later they send (260 000 more) and go on.
    [1_267_400, 'p starts g2, round 1, version 0'],
    [1_267_400, 'q starts g3, round 1, version 0'],
    // Two are there. The result is made in 100 000, at 1 627 400, and at the cloud 7 400 later.
    [1_527_400, 'a aggregates 2 of 2 into r0'],
    [1_527_400, 'g0 of p aggregated at a'],
    [1_527_400, 'g1 of q aggregated at a'],
    // The word of it takes 71 200.
    [1_598_600, 'g2 of p round-closed at a'],
    [1_598_600, 'g3 of q round-closed at a'],
    // b still collects, so r is sent the model: 260 000.
    [2_500_000, 'r enters b, contact 2'],
    [2_500_000, 'r joins b'],
    [2_760_000, 'r starts g4, round 1, version 0'],
    // g4 is at b at 4 020 000.
    [3_760_000, 'r starts g5, round 1, version 0'],
    // g5 leaves at 4 760 000 and is at b at 5 020 000.
    [4_760_000, 'r starts g6, round 1, version 0'],
    // 7 400 + 5 s. One vector: made at 5 057 400, at the cloud at 5 064 800.
    [5_007_400, 'b aggregates 1 of 1 into r1 at the deadline'],
    [5_007_400, 'g4 of r aggregated at b'],
    [5_020_000, 'g5 of r late at b'],
    [5_064_800, 'cloud aggregates 2 of 2 into r2'],
    [5_064_800, 'r0 of a aggregated at cloud'],
    [5_064_800, 'r1 of b aggregated at cloud'],
    // 5 007 400 + 71 200.
    [5_078_600, 'g6 of r round-closed at b'],
    // 5 064 800 + 2 * 10 000. Three gradients are an epoch, and time to measure.
    [5_084_800, 'version 1 of 3 gradients'],
    [5_084_800, 'round 1 ends'],
    [5_084_800, 'measured: round 1, version 1, epoch 1'],
    [5_084_800, 'cloud opens round 2, version 1, 2 in range'],
    [5_092_200, 'a opens round 2, version 1, 2 in range'],
    [5_092_200, 'b opens round 2, version 1, 1 in range'],
    [5_352_200, 'p starts g7, round 2, version 1'],
    [5_352_200, 'q starts g8, round 2, version 1'],
    [5_352_200, 'r starts g9, round 2, version 1'],
    [6_352_200, 'p starts g10, round 2, version 1'],
    // 120 items in two regions, 10 a batch: the 7th of region a (0 to 3, 7, 8, 10) begins again.
    [6_352_200, 'data of a reshuffled'],
    [6_352_200, 'q starts g11, round 2, version 1'],
    [6_352_200, 'r starts g12, round 2, version 1'],
    [6_612_200, 'a aggregates 2 of 2 into r3'],
    [6_612_200, 'g7 of p aggregated at a'],
    [6_612_200, 'g8 of q aggregated at a'],
    [6_683_400, 'g10 of p round-closed at a'],
    [6_683_400, 'g11 of q round-closed at a'],
    [7_352_200, 'r starts g13, round 2, version 1'],
    // Both of r. Made at 7 712 200, at the cloud at 7 719 600.
    [7_612_200, 'b aggregates 2 of 1 into r4'],
    [7_612_200, 'g9 of r aggregated at b'],
    [7_612_200, 'g12 of r aggregated at b'],
    [7_683_400, 'g13 of r round-closed at b'],
    [7_719_600, 'cloud aggregates 2 of 2 into r5'],
    [7_719_600, 'r3 of a aggregated at cloud'],
    [7_719_600, 'r4 of b aggregated at cloud'],
    // 7 719 600 + 20 000.
    [7_739_600, 'version 2 of 7 gradients'],
    [7_739_600, 'round 2 ends'],
    [7_739_600, 'measured: round 2, version 2, epoch 2'],
    [7_739_600, 'ends: rounds 2, 14 started, 7 computed, 2 updates'],
  ]);
});

it('what is under way at the end is in flight, by number; what the cloud is making goes nowhere', async () => {
  const at = async (maximumTimeS: number) => {
    const training = { ...input.training, maximumTimeS };
    const world = await InProcessWorld.open(tinyConfig({ ...input, training }));
    await world.run();
    expect(world.record.violations).toEqual([]);
    const last = world.lines.filter(({ timeUs }) => timeUs === maximumTimeS * 1e6);
    return last.map(lineText);
  };
  // g0 and g1 are on their way, p and q compute g2 and g3.
  expect(await at(1.4)).toEqual([
    'g0 of p in-flight at a',
    'g1 of q in-flight at a',
    'g2 of p in-flight at a',
    'g3 of q in-flight at a',
    'ends: time 0, 4 started, 0 computed, 0 updates',
  ]);
  // a makes r0; p and q have heard of it.
  expect(await at(1.6)).toEqual([
    'r0 of a in-flight at cloud',
    'ends: time 0, 4 started, 2 computed, 0 updates',
  ]);
  // r0 waits at the cloud, g4 at b, and g5 is on its way to b.
  expect(await at(5)).toEqual([
    'g4 of r in-flight at b',
    'g5 of r in-flight at b',
    'g6 of r in-flight at b',
    'r0 of a in-flight at cloud',
    'ends: time 0, 7 started, 3 computed, 0 updates',
  ]);
  // The cloud makes r2 from r0 and r1, which have had their end; r does not know yet.
  expect(await at(5.07)).toEqual([
    'g6 of r in-flight at b',
    'ends: time 0, 7 started, 3 computed, 0 updates',
  ]);
});
