import { expect, it } from 'vitest';
import type { SimulatedEvent, SimulatedLine } from '#src/journal/events.js';
import { failoversText } from '#src/report/hierarchy/failovers.js';
import { latencyText, treeTable } from '#src/report/hierarchy/tree-table.js';
import { TreeTally } from '#src/report/hierarchy/tree-tally.js';

function treeOf(events: readonly [timeS: number, event: SimulatedEvent][]) {
  const tally = new TreeTally();
  for (const [n, [timeS, event]] of events.entries()) {
    tally.add({ n, timeUs: timeS * 1e6, ...event } as SimulatedLine);
  }
  return tally.record()!;
}

const started: SimulatedEvent = {
  ...{ type: 'run-started', name: 'hand', seed: 1, workers: 1, parameters: [], byzantine: {} },
  servers: [{ id: 'cloud', parent: null, layer: 'cloud' }],
  power: {
    layers: { worker: { computeW: 3, transmitW: 5 } },
    // A megabit a second: a byte takes 8 microseconds.
    bandwidthMbps: { worker: 1 },
  },
};
const joined: SimulatedEvent = {
  ...{ type: 'associate', worker: 'a', server: 'cloud', previous: null, handover: false },
};
const trained: SimulatedEvent = {
  ...{ type: 'window-trained', worker: 'a', window: 1, gradient: 0, items: 1, busyUs: 2e6 },
};
const update: SimulatedEvent = {
  ...{ type: 'update-sent', update: 1, node: 'a', server: 'cloud', changes: [1], bytes: 250_000 },
};

function evaluated(server: string, accuracy: number, recalls: number[]): SimulatedEvent {
  return {
    ...{ type: 'evaluated', server, round: 0, version: 0, epoch: 0, gradients: 0, split: 'test' },
    accuracy,
    perClass: recalls.map((recall) => ({ recall, precision: 0, f1: 0, support: 1 })),
  };
}

it('takes the energy of a node from its training and from what it sends', () => {
  const { nodes } = treeOf([
    [0, started],
    [0, joined],
    [2, trained],
    [2, update],
  ]);
  // 2 s at 3 W and 250 000 B x 8 us = 2 s at 5 W.
  expect(nodes.find(({ id }) => id === 'a')).toMatchObject({ busyS: 2, energyJ: 16 });
  // The cloud's layer has no `power`.
  expect(nodes.find(({ id }) => id === 'cloud')).toMatchObject({ energyJ: null });
});

it('times each failover from the loss to the first merge at the standby', () => {
  const gone = (server: string, to: string): SimulatedEvent => {
    return { type: 'failover', server, to, children: ['a', 'b'] };
  };
  const ended = (node: string, server: string): SimulatedEvent => {
    return { type: 'update-ended', update: 1, node, server, outcome: 'aggregated' };
  };
  const { failovers } = treeOf([
    [0, started],
    [2, trained],
    [10, gone('x', 'y')],
    [11, ended('c', 'y')],
    [12, ended('b', 'x')],
    [13.5, ended('b', 'y')],
    [14, ended('a', 'y')],
    [20, gone('x', 'x')],
    [30, gone('x', 'y')],
    [31, gone('x', 'x')],
    [32, ended('a', 'y')],
  ]);
  expect(failovers.map(({ lostS, mergedAfterS }) => [lostS, mergedAfterS])).toEqual([
    [10, 3.5],
    [30, null],
  ]);
  expect(failoversText(failovers)).toBe(
    '2 to a standby; first merge there 3.5 s after the loss, 3.5 s at most; 1 without one',
  );
});

it('counts the bytes of each link by direction, and what became of updates', () => {
  const { nodes, links } = treeOf([
    [0, started],
    [0, joined],
    [2, trained],
    [2, update],
    [3, { type: 'update-ended', update: 1, node: 'a', server: 'cloud', outcome: 'lost' }],
    [4, { type: 'update-held-back', node: 'a' }],
    [5, { type: 'model-sent', node: 'cloud', to: 'a', version: 1, bytes: 400 }],
    [6, { type: 'model-sent', node: 'cloud', to: 'a', version: 2, bytes: 400 }],
    [7, { type: 'window-dropped', worker: 'a', window: 2, reason: 'queue-full' }],
  ]);
  expect(links).toEqual([
    {
      ...{ lower: 'a', upper: 'cloud', level: 1 },
      ...{ upTransfers: 1, upBytes: 250_000, downTransfers: 2, downBytes: 800 },
    },
  ]);
  expect(nodes.at(-1)).toMatchObject({
    ...{ id: 'a', parent: 'cloud', level: 1, trained: 1, windowsDropped: 1 },
    ...{ sent: 1, heldBack: 1, merged: 0, lost: 1 },
  });
});

it('measures how far a node is behind the cloud, overall and by label, and when it converged', () => {
  const { nodes, accuracy } = treeOf([
    [0, started],
    [0, joined],
    [0, trained],
    [0, evaluated('a', 0.1, [0.1, 0.1])],
    [10, evaluated('cloud', 0.5, [0.75, 0.25])],
    [15, evaluated('a', 0.5, [1, 0])],
    // At the same time the cloud is measured last, and counts all the same.
    [20, evaluated('a', 0.505, [0.5, 0.5])],
    [20, evaluated('cloud', 0.875, [1, 0.75])],
    [30, evaluated('a', 0.51, [0.5, 0.5])],
  ]);
  const own = accuracy.filter(({ node }) => node === 'a');
  expect(own.map(({ lag }) => lag)).toEqual([null, 0, 0.37, 0.365]);
  expect(own.map(({ lags }) => lags)).toEqual([
    [null, null],
    [-0.25, 0.25],
    [0.5, 0.25],
    [0.5, 0.25],
  ]);
  // 0.5 is one point from 0.51, 0.1 is not.
  expect(nodes.at(-1)!.accuracy).toEqual({
    ...{ final: 0.51, best: 0.51, finalLag: 0.365, convergedS: 15 },
  });
});

it('shows a level a row, and says where there is no latency', () => {
  const tree = treeOf([
    [0, started],
    [0, joined],
    [2, trained],
    [2, update],
  ]);
  const [, , cloud, worker] = treeTable(tree).split('\n');
  expect(cloud).toMatch(/^cloud +1 +- /);
  expect(worker).toMatch(/^worker +1 .* 0.25 MB +0 MB +2.0 +16.0$/);
  expect(latencyText(tree)).toBe(
    '1 of 1 pairs of a worker and a window have none (censored: no model with that window of every worker reached the worker before the run ended)',
  );
});
