import { expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld } from '../in-process-world.ts';
import { expectConserved, treeConfig } from '../tree-laws.ts';

// A root and a worker that trains on one window, small enough to work out by hand. The net has 75
// parameters, 2 400 bits. The link has 1 Mbit/s and 100 ms: a vector takes 102 400 us, a word 100 512.
// In microseconds from the moment at which the update is sent:
//   102 400 it is at the root and merged, and the model is sent; 204 800 the model is at the worker,
//   which says that it is done; 305 312 the root hears that, and ends.

async function story(attack: object | undefined): Promise<[number, string][]> {
  const world = await InProcessWorld.open(
    treeConfig({
      tree: [1, 1],
      rounds: { mode: 'hierarchical', retryS: 1 },
      windows: { everyS: 2, count: 1, epochs: 1 },
      sensors: { count: 1, itemsPerS: 5 },
      layers: {
        cloud: { collect: 'each' },
        worker: {
          speedMflops: 1e9,
          link: { bandwidthMbps: 1, latencyMs: 100 },
          ...(attack && { attack: { ...attack, byzantine: { count: 1 } } }),
        },
      },
    }),
  );
  await world.run();
  expectConserved(world);
  const isCompared = ({ type }: SimulatedLine) =>
    /^(update-|model-|message-|change-ended|run-ended)/.test(type);
  const lines = world.lines.filter(isCompared);
  return lines.map((line) => [line.timeUs - lines[0]!.timeUs, textOf(line)]);
}

function textOf(line: SimulatedLine): string {
  switch (line.type) {
    case 'update-ended':
      return `update ${line.outcome}`;
    case 'message-lost':
      return `${line.what} lost: ${line.reason}`;
    default:
      return line.type;
  }
}

it('an honest worker has its update merged and gets the model', async () => {
  expect(await story(undefined)).toEqual([
    [0, 'update-sent'],
    [102_400, 'update aggregated'],
    [102_400, 'model-sent'],
    [204_800, 'model-received'],
    [305_312, 'run-ended'],
  ]);
});

it('a worker that delays its update by 0.25 s has all of it later', async () => {
  expect(await story({ rule: 'delay', options: { delayMs: 250 } })).toEqual([
    [0, 'update-sent'],
    [352_400, 'update aggregated'],
    [352_400, 'model-sent'],
    [454_800, 'model-received'],
    [555_312, 'run-ended'],
  ]);
});

it('a worker that drops its update asks again after retryS, and its update is lost', async () => {
  expect(await story({ rule: 'drop' })).toEqual([
    [0, 'update-sent'],
    [0, 'update lost: attack'],
    [0, 'update lost'],
    // The request is sent at 1 000 000.
    [1_100_512, 'model-sent'],
    [1_202_912, 'model-received'],
    // It is done, and its last update is missing: the root believes the second report. The first was sent
    // at 1 202 912, the second when the time of the request is over, at 2 000 000.
    [2_100_512, 'run-ended'],
  ]);
});

it('a worker that repeats its update has it merged once', async () => {
  expect(await story({ rule: 'duplicate', options: { copies: 1, laterMs: 50 } })).toEqual([
    [0, 'update-sent'],
    [102_400, 'update aggregated'],
    [102_400, 'model-sent'],
    [152_400, 'message-repeated'],
    [204_800, 'model-received'],
    [305_312, 'run-ended'],
  ]);
});
