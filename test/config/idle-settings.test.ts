import { expect, test } from 'vitest';
import { missedFailures } from '#src/config/checks/idle-settings.js';
import { warningsAbout } from '#src/config/load-config.js';
import { describeProblem } from '#src/errors.js';
import { load, validConfig } from './config-in-folder.ts';

async function warningsOf(text: string, overrides: string[] = []): Promise<string[]> {
  const warnings = await warningsAbout(await load(text, overrides));
  return warnings.map((warning) => describeProblem(warning).replace(/^.*config\.yaml:[\d:]* /, ''));
}

const tree = `name: tree
rounds: { mode: hierarchical, pace: synchronous }
windows: { items: 10, count: 2 }
servers: [{ id: north }, { id: south }]
mobility: { model: static, workers: { count: 6 } }
data: { dataset: { name: synthetic }, owners: workers, batchSize: 10 }
layers:
  edge: { participants: { count: 3 } }
model: { layers: [64, 10] }
`;

test('a crash after the end of a run is reported, one before it is not', async () => {
  const crash = (atS: number) =>
    `${validConfig}faults: { crashes: [{ nodes: { layer: worker, ids: [east] }, atS: ${atS} }] }\n`;
  const overrides = ['mobility.workers.mode=leased', 'training.maximumTimeS=20'];
  const named = (atS: number) => crash(atS).replace('ids: [east]', 'count: 1');
  expect(await warningsOf(named(20), overrides)).toEqual([
    'faults.crashes.0.atS: 20 s, but the run ends by 20 s (training.maximumTimeS): it never happens\n  give it an earlier time',
  ]);
  expect(await warningsOf(named(19), overrides)).toEqual([]);
});

test('more participants than children are reported, and times of gradients in a tree', async () => {
  // Six workers at two servers: three each.
  expect(await warningsOf(tree)).toEqual([]);
  expect(await warningsOf(tree, ['layers.edge.participants.count=4'])).toEqual([
    expect.stringMatching(/4 participants, but no server of the layer has more than 3 children/),
  ]);
  expect(await warningsOf(tree, ['layers.worker.gradientS=1'])).toEqual([
    expect.stringMatching(/layers\.worker\.gradientS: has no effect: .*\n.*speedMflops/),
  ]);
});

test('a failure that a run has not come to is reported once it has ended', async () => {
  const faults = 'faults: { cuts: [{ servers: { layer: edge }, atS: 50 }] }\n';
  const { config } = await load(`${validConfig}layers: { cloud: { deadlineS: 9 } }\n${faults}`);
  expect(missedFailures(config, 50)).toEqual([]);
  expect(missedFailures(config, 49.5)).toEqual([
    'faults.cuts.0.atS: 50 s, but the run ended at 49.5 s: it never happened',
  ]);
});
