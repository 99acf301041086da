import { expect, it } from 'vitest';
import { previewOf } from '#src/compose/preview.js';
import { loadConfig } from '#src/config/load-config.js';
import { fileWith } from '../../config/config-in-folder.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';

const flat = `name: flat
mobility: { model: static, workers: { count: 5 } }
servers:
  - { id: edge }
layers:
  edge: { collect: { count: 5, from: each }, deadlineS: null }
data:
  dataset: { name: synthetic, features: 8, classes: 3, trainItems: 120, testItems: 60 }
  owners: workers
  batchSize: 5
model: { layers: [8, 6, 3] }
training: { maximumRounds: 4 }
`;

it('workers that stay with one server send it one gradient each in every synchronous round', async () => {
  const { config } = await loadConfig(fileWith(flat));
  const world = await InProcessWorld.open(config);
  await world.run();
  const rounds = only(world.lines, 'aggregated').filter(({ server }) => server === 'edge');
  expect(rounds.map(({ vectors }) => vectors)).toEqual([5, 5, 5, 5]);
  for (const { result } of rounds) {
    const senders = only(world.lines, 'gradient-ended')
      .filter(({ inResult }) => inResult === result)
      .map(({ worker }) => worker);
    expect(new Set(senders).size).toBe(5);
  }
});

it('validate says of such a run that workers stay, and what ends it', async () => {
  const { config } = await loadConfig(fileWith(flat));
  expect(await previewOf(config)).toMatchObject({
    trace: null,
    workers: { mode: 'static', count: 5 },
    // 20 epochs of 500 gradients, or the rounds.
    end: { gradients: 10_000, rounds: 4, timeS: null },
  });
});

it('workers that stay with servers without a site own the data where nothing else is said', async () => {
  const { config } = await loadConfig(fileWith(flat.replace('  owners: workers\n', '')));
  const world = await InProcessWorld.open(config);
  const { owners, workers, itemsByOwner } = world.composition.settings;
  expect([owners, itemsByOwner.size]).toEqual(['workers', workers.length]);
  await world.run();
  expect(only(world.lines, 'updated')).toHaveLength(4);
});
