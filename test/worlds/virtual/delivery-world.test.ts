import { describe, expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld } from '../in-process-world.ts';
import { type TinyInput, tinyConfig, tinyInput } from '../tiny-config.ts';
import { lineText } from './line-text.ts';

// One round at the crossing, small enough to work out by hand: the bystander, the only pedestrian,
// stands beside the only server, left, from 0 to 25 s.
//
// The net has 75 parameters, 2 400 bits.
//   radio:    0.01 Mbit/s and 20 ms: a vector takes 240 000 + 20 000 = 260 000 us, a word 71 200 us
//   backhaul:    1 Mbit/s and  5 ms: a vector takes   2 400 +  5 000 =   7 400 us
// The model is at left at 7 400 and at the bystander at 267 400; a gradient takes 1 s. Left closes
// at 1 gradient and needs 200 ms to aggregate it. Unless somebody is Byzantine:
//   267 400 g0 starts; 1 267 400 it is sent; 1 527 400 it is at left, and is aggregated;
//   1 727 400 the result is sent; 1 734 800 it is at the cloud, and round 1, the last, ends.

interface Changes {
  ofWorker?: object;
  ofEdge?: object;
  radio?: object;
  rounds?: number;
}

const crossing = ({ ofWorker, ofEdge, radio = {}, rounds = 1 }: Changes): TinyInput => ({
  ...tinyInput,
  mobility: {
    trace: tinyInput.mobility.trace,
    end: 'stop',
    workers: { mode: 'one-per-entity', kinds: ['pedestrian'] },
  },
  servers: [{ id: 'left', site: { xM: 200, yM: 100 } }],
  layers: {
    cloud: { deadlineS: 5 },
    edge: {
      collect: { count: 1 },
      aggregationMsPerVector: 200,
      link: { bandwidthMbps: 1, latencyMs: 5 },
      ...(ofEdge && { attack: ofEdge }),
    },
    worker: {
      gradientS: 1,
      link: { bandwidthMbps: 0.01, latencyMs: 20, ...radio },
      ...(ofWorker && { attack: ofWorker }),
    },
  },
  training: { maximumRounds: rounds, learningRate: 0.01 },
});

async function linesOf(changes: Changes): Promise<SimulatedLine[]> {
  const world = await InProcessWorld.open(tinyConfig(crossing(changes)));
  await world.run();
  expect(world.record.violations).toEqual([]);
  return world.lines;
}

/** Events after the first gradient was started, up to the result at the cloud. */
async function storyOf(changes: Changes): Promise<[number, string][]> {
  const lines = (await linesOf(changes)).map((line): [number, string] => [
    line.timeUs,
    lineText(line),
  ]);
  const begins = lines.findIndex(([, what]) => what.startsWith('bystander starts g0'));
  const ends = lines.findIndex(([, what]) => what.startsWith('r0 of left'));
  return lines.slice(begins, ends + 1);
}

const everyone = { count: 1 };

describe('a Byzantine worker', () => {
  it('that delays what it sends makes its server wait so much longer', async () => {
    const ofWorker = { rule: 'delay', options: { delayMs: 250 }, byzantine: everyone };
    expect(await storyOf({ ofWorker })).toEqual([
      [267_400, 'bystander starts g0, round 1, version 0'],
      [1_267_400, 'bystander starts g1, round 1, version 0'],
      // 1 527 400 + 250 000.
      [1_777_400, 'left aggregates 1 of 1 into r0'],
      [1_777_400, 'g0 of bystander aggregated at left'],
      // The word of it takes 71 200.
      [1_848_600, 'g1 of bystander round-closed at left'],
      // 1 777 400 + 200 000 + 7 400.
      [1_984_800, 'cloud aggregates 1 of 1 into r1'],
      [1_984_800, 'r0 of left aggregated at cloud'],
    ]);
  });

  it('that drops what it sends until 2 s is heard with its second gradient', async () => {
    const ofWorker = { rule: 'drop', byzantine: { ...everyone, untilS: 2 } };
    expect(await storyOf({ ofWorker })).toEqual([
      [267_400, 'bystander starts g0, round 1, version 0'],
      [1_267_400, 'gradient from bystander to left lost: attack'],
      [1_267_400, 'g0 of bystander lost at left'],
      [1_267_400, 'bystander starts g1, round 1, version 0'],
      [2_000_000, 'bystander turns honest'],
      [2_267_400, 'bystander starts g2, round 1, version 0'],
      // 2 267 400 + 260 000.
      [2_527_400, 'left aggregates 1 of 1 into r0'],
      [2_527_400, 'g1 of bystander aggregated at left'],
      [2_598_600, 'g2 of bystander round-closed at left'],
      [2_734_800, 'cloud aggregates 1 of 1 into r1'],
      [2_734_800, 'r0 of left aggregated at cloud'],
    ]);
  });

  it('that sends everything twice is heard once', async () => {
    const ofWorker = { rule: 'duplicate', byzantine: everyone };
    expect(await storyOf({ ofWorker })).toEqual([
      [267_400, 'bystander starts g0, round 1, version 0'],
      [1_267_400, 'bystander starts g1, round 1, version 0'],
      [1_527_400, 'left aggregates 1 of 1 into r0'],
      [1_527_400, 'g0 of bystander aggregated at left'],
      [1_598_600, 'g1 of bystander round-closed at left'],
      // 100 000 after the first.
      [1_627_400, 'gradient from bystander to left repeated'],
      [1_734_800, 'cloud aggregates 1 of 1 into r1'],
      [1_734_800, 'r0 of left aggregated at cloud'],
    ]);
  });

  it('is no forgery: its gradient counts as honest', async () => {
    const lines = await linesOf({ ofWorker: { rule: 'delay', byzantine: everyone } });
    const [aggregated] = lines.filter((line) => line.type === 'aggregated');
    expect(aggregated).toMatchObject({ byzantine: 0, byzantineSenders: 0, exceeded: false });
    expect(lines.find((line) => line.type === 'gradient-ended')).not.toHaveProperty('byzantine');
    expect(lines[0]).toMatchObject({ byzantine: { worker: ['bystander'] } });
  });
});

describe('a radio link', () => {
  it('that doubles everything and takes 30 ms longer is heard once', async () => {
    expect(await storyOf({ radio: { duplication: 1, jitterS: 0.03 } })).toEqual([
      // 267 400 + 30 000, twice.
      [297_400, 'bystander starts g0, round 1, version 0'],
      [297_400, 'theta from left to bystander repeated'],
      [1_297_400, 'bystander starts g1, round 1, version 0'],
      // 1 297 400 + 260 000 + 30 000.
      [1_587_400, 'left aggregates 1 of 1 into r0'],
      [1_587_400, 'g0 of bystander aggregated at left'],
      [1_587_400, 'gradient from bystander to left repeated'],
      // 1 587 400 + 71 200 + 30 000.
      [1_688_600, 'g1 of bystander round-closed at left'],
      [1_688_600, 'closed from left to bystander repeated'],
      // 1 587 400 + 200 000 + 7 400: the link of the server is a sound one.
      [1_794_800, 'cloud aggregates 1 of 1 into r1'],
      [1_794_800, 'r0 of left aggregated at cloud'],
    ]);
  });

  it('that damages everything lets no node begin', async () => {
    const lines = await linesOf({ radio: { corruption: 1 } });
    expect(lines.slice(-4).map((line) => [line.timeUs, lineText(line)])).toEqual([
      [267_400, 'theta from left to bystander lost: corrupted'],
      [5_000_000, 'cloud has no result, 0 of 1'],
      [5_000_000, 'round 1 ends'],
      [5_000_000, 'ends: rounds 1, 0 started, 0 computed, 0 updates'],
    ]);
  });
});

describe('a Byzantine server', () => {
  const ofEdge = { rule: 'delay', options: { delayMs: 100 }, byzantine: everyone };

  it('holds up results, and nothing that it sends down', async () => {
    const story = await storyOf({ ofEdge });
    expect(story[0]).toEqual([267_400, 'bystander starts g0, round 1, version 0']);
    expect(story.at(-1)).toEqual([1_834_800, 'r0 of left aggregated at cloud']);
  });

  it('and a Byzantine worker below it act together', async () => {
    const ofWorker = { rule: 'delay', options: { delayMs: 250 }, byzantine: everyone };
    const story = await storyOf({ ofEdge, ofWorker });
    expect(story.at(-1)).toEqual([2_084_800, 'r0 of left aggregated at cloud']);
  });

  it('that drops its result leaves the cloud to its deadline', async () => {
    const lines = await linesOf({ ofEdge: { rule: 'drop', byzantine: everyone } });
    expect(lines.slice(-6).map((line) => [line.timeUs, lineText(line)])).toEqual([
      [1_598_600, 'g1 of bystander round-closed at left'],
      [1_727_400, 'result from left to cloud lost: attack'],
      [1_727_400, 'r0 of left lost at cloud'],
      [5_000_000, 'cloud has no result, 0 of 1'],
      [5_000_000, 'round 1 ends'],
      [5_000_000, 'ends: rounds 1, 2 started, 1 computed, 0 updates'],
    ]);
  });
});
