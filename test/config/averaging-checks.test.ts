import { expect, it } from 'vitest';
import { previewOf } from '#src/compose/preview.js';
import { treeConfig } from '../worlds/tree-laws.ts';
import { testCases, withLayers } from './config-cases.ts';
import { load } from './config-in-folder.ts';

const tree = (rounds: string, more = ''): string => `name: averaging
tree: [1, 2, 4]
mobility: { model: static }
rounds: { mode: hierarchical${rounds} }
data: { dataset: { name: synthetic }, owners: workers, batchSize: 20 }
model: { layers: [64, 10] }
${more}`;
const averaging = ', averaging: { localSteps: 6, merges: 10, rounds: 3 }';

const sampled = (layers: string, pace = ', pace: synchronous'): string =>
  tree(pace, `windows: { items: 20, count: 3 }\nlayers: ${layers}`);

const standing = (servers: string, layers: string): string => `name: standby
servers: ${servers}
mobility: { model: static, workers: { count: 4 } }
rounds: { mode: hierarchical }
data: { dataset: { name: synthetic }, owners: workers }
model: { layers: [64, 10] }
layers: ${layers}
windows: { items: 20, count: 3 }
`;

testCases([
  [
    'equivocation in rounds of one model',
    withLayers('edge: { attack: { rule: equivocation, byzantine: { count: 1 } } }'),
    [],
    ['layers.edge.attack.rule: equivocation acts on models of servers, which only a tree'],
  ],
  [
    'equivocation of workers',
    sampled('{ worker: { attack: { rule: equivocation, byzantine: { count: 1 } } } }'),
    [],
    ['layers.worker.attack.rule: equivocation acts on models that go down, and workers send none'],
  ],
  [
    'a standby that there is not',
    standing('[{ id: left, standby: rihgt }, { id: right }]', '{}'),
    [],
    ['servers.0.standby: no server "rihgt"', 'did you mean "right"?'],
  ],
  [
    'a standby that is the server itself',
    standing('[{ id: left, standby: left }, { id: right }]', '{}'),
    [],
    ['servers.0.standby: left is the server itself', 'expected another server'],
  ],
  [
    'a standby elsewhere in the tree',
    standing(
      '[{ id: a, layer: region }, { id: b, layer: region }, { id: x, parent: a, standby: y }, { id: y, parent: b }]',
      '{ region: {} }',
    ),
    [],
    [
      'servers.2.standby: "y" is not beside x',
      'there is no other server of its layer, below its parent',
    ],
  ],
  [
    'a standby of rounds of one model',
    withLayers('{}').replace('{ id: left,', '{ id: left, standby: right,'),
    [],
    ['servers.0.standby: only servers of a tree of models have one'],
  ],
  [
    'a push that follows itself',
    tree(
      '',
      'windows: { items: 20, count: 3 }\nlayers: { worker: { push: { any: [never, after-push] } } }',
    ),
    [],
    ['layers.worker.push.any.1: a push cannot follow itself', 'expected it in `pull`'],
  ],
  [
    'a worker that asks lazily, and waits anyway',
    tree(
      ', pace: synchronous',
      'windows: { items: 20, count: 3 }\nlayers: { worker: { pullAt: next-window } }',
    ),
    [],
    ['layers.worker.pullAt: with pace: synchronous a worker waits for its model'],
  ],
  [
    'a worker of another name that differs',
    tree(
      '',
      'windows: { items: 20, count: 3 }\nlayers: { worker: { nodes: { worker-5: { speedMflops: 2 } } } }',
    ),
    [],
    ['layers.worker.nodes.worker-5: no worker "worker-5"'],
  ],
  [
    'a speed of a worker in rounds of one model',
    withLayers('worker: { nodes: { worker-001: { speedMflops: 2 } } }'),
    [],
    ['layers.worker.nodes.worker-001.speedMflops: only a tree of models has it'],
  ],
  [
    'participants of a round of one model',
    withLayers('cloud: { participants: { count: 1 } }'),
    [],
    ['layers.cloud.participants: only a tree of models has them', 'rounds.mode: hierarchical'],
  ],
  [
    'participants that do not wait for their turn',
    sampled('{ cloud: { participants: { count: 1 } } }', ''),
    [],
    ['a node whose pace is free does not wait for its turn', 'set rounds.pace: synchronous'],
  ],
  [
    'participants of a server that sends its models to all',
    sampled('{ edge: { participants: { fastest: 1 }, down: push } }'),
    [],
    ['layers.edge.participants: a relay, or a server with down: push, sends models to all'],
  ],
  [
    'participants that do not ask with their updates',
    sampled('{ cloud: { participants: { share: 0.5 } }, edge: { pull: { changes: 2 } } }'),
    [],
    [
      'layers.cloud.participants: children (edge) do not ask for a model with each update',
      'make layers.edge.pull the same as its push',
    ],
  ],
  [
    'an unknown rule of participants',
    sampled('{ cloud: { participants: { rule: some } } }'),
    [],
    ['layers.cloud.participants.rule: unknown rule of participants "some"', 'random-share'],
  ],
  [
    'updates by items in rounds of one model',
    withLayers('edge: { aggregate: { weights: items } }'),
    [],
    ['layers.edge.aggregate.weights: items: only updates of a tree of models carry their number'],
  ],
  [
    'updates by items for a rule that does not look at weights',
    tree(averaging, 'layers: { cloud: { aggregate: { rule: marginal-median, weights: items } } }'),
    [],
    ['layers.cloud.aggregate.weights: items: marginal-median does not look at weights'],
  ],
  [
    'updates by items that are merged one by one',
    tree(averaging, 'layers: { cloud: { collect: each } }'),
    [],
    ['items: an update that is merged by itself has no other beside it'],
  ],
  [
    'averaging beside windows that contradict it',
    tree(averaging, 'windows: { items: 7, count: 3 }'),
    [],
    ['windows: rounds.averaging makes it {"items":120,"count":30,', 'leave one of them out'],
  ],
  [
    'more nodes on a level than a run can have',
    tree('', 'windows: { items: 20, count: 3 }').replace('[1, 2, 4]', '[1, 1000000000]'),
    [],
    ['tree.1: found 1000000000', 'expected a whole number from 1 to 200000'],
  ],
  [
    'windows of more items than a memory has',
    tree('', 'windows: { items: 1000000000, count: 3 }'),
    [],
    ['windows.items: found 1000000000', 'expected a whole number from 1 to 10000000'],
  ],
  [
    'averaging with numbers for other levels than there are',
    tree(', averaging: { localEpochs: 1, merges: [2, 2], rounds: 3 }'),
    [],
    ['rounds.averaging.merges: 2 numbers for 1 levels of servers below the cloud'],
  ],
]);

it('a tree of four levels needs no settings for its layers', async () => {
  const { config } = await load(
    tree('', 'windows: { items: 20, count: 3 }').replace('[1, 2, 4]', '[1, 2, 4, 8]'),
  );
  expect(Object.keys(config.layers)).toContain('level-1');
  expect(config.servers.map(({ id }) => id)).toContain('level-1-2');
});

it('averaging stands for the keys that the preview lists', async () => {
  const { config } = await load(tree(averaging));
  expect((await previewOf(config)).averaging).toEqual([
    'rounds.pace="synchronous"',
    'windows={"items":120,"count":30,"epochs":1,"queue":{"length":1000000,"full":"drop-oldest"},"workers":{}}',
    'layers.edge.push={"changes":10}',
    'layers.edge.pull={"changes":10}',
    'layers.cloud.aggregate.weights="items"',
    'layers.edge.aggregate.weights="items"',
  ]);
  expect((await previewOf(treeConfig())).averaging).toBeUndefined();
});
