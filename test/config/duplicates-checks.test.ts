import { attack, testCases, withFaults, withLayers } from './config-cases.ts';
import { validConfig } from './config-in-folder.ts';

const once = 'expected every value once: this one stands in the list already';
const csv = (more: string): string =>
  validConfig.replace('{ name: synthetic }', `{ name: csv, train: a.csv, test: 0.5, ${more} }`);

testCases([
  [
    'Byzantine nodes that are named twice',
    withLayers(attack('{ ids: [worker-001, worker-002, worker-001] }')),
    [],
    ['layers.worker.attack.byzantine.ids.2: found the text "worker-001"', once],
  ],
  [
    'a tensor that an attack names twice',
    withLayers(attack('{ count: 1 }', 'rule: sign-flip, parameters: [dense-1/bias, dense-1/bias]')),
    [],
    ['layers.worker.attack.parameters.1: found the text "dense-1/bias"', once],
  ],
  [
    'a tensor that a rule names twice',
    withLayers('edge: { aggregate: { parameters: [dense-1/bias, dense-1/bias] } }'),
    [],
    ['layers.edge.aggregate.parameters.1: found the text "dense-1/bias"', once],
  ],
  [
    'a node that crashes twice at once',
    withFaults('crashes: [{ nodes: { layer: edge, ids: [left, left] }, atS: 3 }]'),
    [],
    ['faults.crashes.0.nodes.ids.1: found the text "left"', once],
  ],
  [
    'a link that is cut twice at once',
    withFaults('cuts: [{ servers: { layer: edge, ids: [left, left] }, atS: 3 }]'),
    [],
    ['faults.cuts.0.servers.ids.1: found the text "left"', once],
  ],
  [
    'a kind of worker named twice',
    validConfig,
    ['mobility.workers.kinds=[car, pedestrian, car]'],
    ['mobility.workers.kinds.2: found the text "car"', once],
  ],
  [
    'a machine named twice',
    validConfig,
    ['live.placement.workers=[a, a]'],
    ['live.placement.workers.1: found the text "a"', once],
  ],
  [
    'an input column named twice',
    csv('inputs: [x, x], target: y'),
    [],
    ['data.dataset.inputs.1: found the text "x"', once],
  ],
  [
    'a target column named twice',
    csv('target: [y, y]'),
    [],
    ['data.dataset.target.1: found the text "y"', once],
  ],
  [
    'a class named twice',
    csv('target: y, classes: [cat, dog, cat]'),
    [],
    ['data.dataset.classes.2: found the text "cat"', once],
  ],
]);
