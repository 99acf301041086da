import { resolve } from 'node:path';
import { testCases, withLayers } from './config-cases.ts';
import { validConfig } from './config-in-folder.ts';

testCases([
  [
    'a rule that there is not',
    withLayers('edge: { aggregate: { rule: marginal-medain } }'),
    [],
    [
      'config.yaml:8:38: layers.edge.aggregate.rule: unknown aggregator "marginal-medain"',
      'did you mean "marginal-median"?',
      'or the path of your own file',
    ],
  ],
  [
    'damaged results that the cloud would wait for without end',
    withLayers('edge: { link: { corruption: 0.1 } }'),
    [],
    [
      'layers.edge.link.corruption: messages may be lost, but layer cloud waits for them without a deadline',
      'set layers.cloud.deadlineS, or no corruption',
    ],
  ],
  [
    'lost results that a cloud whose deadline was taken away would wait for without end',
    withLayers('edge: { link: { loss: 0.1 } }, cloud: { deadlineS: null }'),
    ['rounds.mode=partially-asynchronous'],
    [
      'layers.edge.link.loss: messages may be lost, but layer cloud waits for them without a deadline',
    ],
  ],
  [
    'collecting on until a deadline that there is not',
    withLayers('edge: { deadlineS: null, aggregate: { tooFew: wait } }'),
    [],
    [
      'layers.edge.aggregate.tooFew: wait collects on until the deadline, but layer edge has none',
      'set layers.edge.deadlineS, or expected skip or { fallback }',
    ],
  ],
  [
    'capacity shared by workers where none are',
    withLayers('cloud: { capacity: { sharing: fifo } }'),
    [],
    ['layers.cloud.capacity.sharing: no worker joins servers of layer cloud'],
  ],
  [
    'a backhaul that there is not',
    withLayers('edge: { link: { backhaul: north } }'),
    [],
    [
      'config.yaml:8:37: layers.edge.link.backhaul: unknown backhaul "north"',
      'describe it in `backhauls`',
    ],
  ],
  [
    'two backhauls of one name',
    withLayers('edge: { link: { backhaul: north } }'),
    ['backhauls=[{id: north, bandwidthMbps: 5}, {id: north, bandwidthMbps: 6}]'],
    ['backhauls.1.id: a second backhaul "north"'],
  ],
  [
    'a limit of workers where none are',
    withLayers('cloud: { capacity: { maximumWorkers: 3 } }'),
    [],
    ['layers.cloud.capacity.maximumWorkers: no worker joins servers of layer cloud'],
  ],
  [
    'shared capacity in times that are measured',
    withLayers('edge: { capacity: { sharing: processor } }'),
    ['world=live', 'live.compute=measured'],
    [
      'layers.edge.capacity.sharing: messages take the time that they take with live.compute: measured',
      'set live.compute: modelled, or sharing: none',
    ],
  ],
  [
    'a rule file that is not there',
    withLayers('edge: { aggregate: { rule: own.ts } }'),
    [],
    ['config.yaml:8:38: layers.edge.aggregate.rule: ', 'own.ts: no such aggregator file'],
  ],
  [
    'a rule file without a rule in it',
    withLayers(`edge: { aggregate: { rule: ${resolve('test/config/no-rule.ts')} } }`),
    [],
    ['layers.edge.aggregate.rule: ', "the file's default export must be one"],
  ],
  [
    'more Byzantine vectors declared than the rule stands',
    withLayers('edge: { aggregate: { rule: marginal-median, f: 5 } }'),
    [],
    [
      'layers.edge.aggregate.f: marginal-median needs at least 2f + 1 = 11 vectors, got 10 (f = 5)',
      'declare at most f = 4, or collect at least 11',
    ],
  ],
  [
    'a fallback that needs as many vectors as the rule',
    withLayers(
      'edge: { aggregate: { rule: marginal-median, f: 2, tooFew: { fallback: { rule: trimmed-mean } } } }',
    ),
    [],
    [
      'layers.edge.aggregate.tooFew.fallback.rule: trimmed-mean needs 5 vectors with f = 2, and what it stands in for 5',
    ],
  ],
  [
    'a fallback that there is not',
    withLayers('edge: { aggregate: { rule: krum, f: 1, tooFew: { fallback: { rule: maen } } } }'),
    [],
    ['tooFew.fallback.rule: unknown aggregator "maen"', 'did you mean "mean"?'],
  ],
  [
    'more subsets than a rule looks at',
    withLayers('edge: { collect: { count: 30 }, aggregate: { rule: smea, f: 5 } }'),
    [],
    ['layers.edge.aggregate.f: smea: n = 30 and f = 5 make over 50000 subsets'],
  ],
  [
    'more subsets than it looks at however few vectors come',
    withLayers('edge: { collect: { fraction: 0.5 }, aggregate: { rule: smea, f: 10 } }'),
    [],
    ['layers.edge.aggregate.f: smea: n = 21 and f = 10 make over 50000 subsets'],
  ],
  [
    'more Byzantine ones than a rule can search for',
    withLayers(
      'edge: { collect: { fraction: 0.5 }, aggregate: { rule: minimum-diameter-averaging, f: 21 } }',
    ),
    [],
    ['minimum-diameter-averaging: stands at most f = 20, got 21'],
  ],
  [
    'a weight by staleness where no vector is stale',
    withLayers('edge: { aggregate: { stalenessWeight: { rule: hinge } } }'),
    [],
    [
      'layers.edge.aggregate.stalenessWeight.rule: a weight by staleness, but in synchronous rounds',
    ],
  ],
  [
    'more Byzantine results declared than the cloud has children for',
    withLayers('cloud: { aggregate: { rule: marginal-median, f: 1 } }'),
    [],
    ['needs at least 2f + 1 = 3 vectors, got 2 (f = 1)', 'cloud has 2 child servers'],
  ],
  [
    'more items to trust than there are',
    withLayers('edge: { aggregate: { rule: monna, reference: { items: 2001 } } }'),
    [],
    ['layers.edge.aggregate.reference.items: 2001 items, but there are only 2000'],
  ],
  [
    'a rule that needs a reference without one',
    withLayers('edge: { aggregate: { rule: zeno-plus-plus } }'),
    [],
    ['layers.edge.aggregate.rule: zeno-plus-plus compares', 'aggregate.reference: { items: 100 }'],
  ],
  [
    'an option for a rule that has none',
    withLayers('edge: { aggregate: { options: { x: 1 } } }'),
    [],
    ['layers.edge.aggregate.options.x: unknown key (mean)', 'expected none'],
  ],
  [
    'an unknown parent',
    validConfig,
    ['servers.left.parent=rihgt'],
    ['no server "rihgt"', 'did you mean "right"?'],
  ],
  [
    'servers in a circle, once',
    validConfig,
    ['servers.2={ id: a, parent: b }', 'servers.3={ id: b, parent: a }'],
    ['servers.2.parent: never reaches the cloud: a -> b -> a'],
  ],
  ['a second server of an id', validConfig, ['servers.1.id=left'], ['a second server "left"']],
  ['a server called cloud', validConfig, ['servers.1.id=cloud'], ['the name of the root']],
  [
    'a site above other servers',
    validConfig,
    ['servers.right.parent=left'],
    ['server "left" has child servers, so it takes no workers'],
  ],
  [
    'a leaf without a site',
    validConfig,
    ['servers.right.site=null'],
    ['server "right" has neither a site nor child servers'],
  ],
  [
    'a layer without settings',
    withLayers('metro: {}'),
    ['servers.right.layer=metor', 'servers.left.layer=metro'],
    ['no settings for layer "metor" in layers', 'did you mean "metro"?'],
  ],
  [
    'a layer without servers',
    withLayers('egde: {}'),
    [],
    ['config.yaml:8:11: layers.egde: no server is in this layer', 'did you mean "edge"?'],
  ],
  [
    'children of two layers under one',
    withLayers('metro: {}'),
    ['servers.right.layer=metro'],
    ['servers of layer cloud would hear metro here, but edge at left'],
  ],
  [
    'waiting for more results than there are children',
    withLayers('cloud: { collect: { count: 3 } }'),
    [],
    ['layers.cloud.collect.count: waits for 3 results, but cloud has 2 child servers'],
  ],
  [
    'waiting for all workers',
    withLayers('edge: { collect: all }'),
    [],
    ['"all" waits for child servers, but left has workers'],
  ],
  [
    'rounds of an unknown mode',
    validConfig,
    ['rounds.mode=asynchronos'],
    ['rounds.mode: found the text "asynchronos"', 'did you mean "asynchronous"?'],
  ],
  [
    'a bound on staleness where no server waits',
    validConfig,
    ['rounds={ mode: asynchronous, maximumStaleness: 3 }'],
    ['rounds.maximumStaleness: unknown key', 'expected one of: mode'],
  ],
  [
    'a bound that lets nothing through',
    validConfig,
    ['rounds={ mode: partially-asynchronous, maximumStaleness: 0 }'],
    ['rounds.maximumStaleness: found 0', 'expected a whole number, at least 1'],
  ],
  [
    'an unknown way with late results',
    validConfig,
    ['rounds={ mode: partially-asynchronous, late: dorp }'],
    ['rounds.late: found the text "dorp"', 'did you mean "drop"?'],
  ],
  [
    'more vectors to take than are collected',
    withLayers('edge: { aggregate: { rule: multi-krum, options: { m: 11 }, f: 1 } }'),
    [],
    [
      'layers.edge.aggregate.f: multi-krum needs at least 11 vectors, got 10 (f = 1)',
      'layers.edge.collect.count is 10',
      'collect at least 11',
    ],
  ],
  [
    'other buffers than the server waits for',
    withLayers('edge: { collect: { buffers: 4 }, aggregate: { before: [{ rule: buffering }] } }'),
    [],
    [
      'layers.edge.aggregate.before.0.options.buffers: 5 buffers, but the server waits until each of 4 has something',
      'expected 4, as in layers.edge.collect.buffers',
    ],
  ],
  [
    'an unknown departure',
    withLayers('worker: { departure: cary }'),
    [],
    ['layers.worker.departure: found the text "cary"', 'did you mean "carry"?'],
  ],
  [
    'a share of the senders, of each of them',
    withLayers('edge: { collect: { fraction: 0.5, from: each } }'),
    [],
    ['layers.edge.collect.from: not together with fraction', 'leave it out, or the others'],
  ],
  [
    'a weight by staleness that there is not',
    withLayers('cloud: { aggregate: { stalenessWeight: { rule: hing } } }'),
    [],
    [
      'layers.cloud.aggregate.stalenessWeight.rule: unknown staleness weight "hing"',
      'did you mean "hinge"?',
    ],
  ],
  [
    'an aggregator where a weight by staleness belongs',
    withLayers('cloud: { aggregate: { stalenessWeight: { rule: mean } } }'),
    [],
    ['that is the name of an aggregator'],
  ],
  [
    'an exponent by which nothing falls',
    withLayers(
      'cloud: { aggregate: { stalenessWeight: { rule: polynomial, options: { a: 0 } } } }',
    ),
    [],
    ['stalenessWeight.options.a: found 0 (polynomial)', 'expected a number above 0'],
  ],
  [
    'a quorum of more edges than there are',
    withLayers('cloud: { collect: { count: 3 } }'),
    ['rounds.mode=partially-asynchronous'],
    [
      'layers.cloud.collect.count: waits for 3 results, but cloud has 2 child servers',
      'or from: any, to count several of one',
    ],
  ],
  [
    'several results of one edge in a synchronous round',
    withLayers('cloud: { collect: { count: 3, from: any } }'),
    [],
    ['layers.cloud.collect.from: several results of one server', 'rounds.mode: asynchronous'],
  ],
  [
    'a limit for each worker of a layer that hears servers',
    withLayers('cloud: { collect: { count: 2, maxPerWorker: 1 } }'),
    [],
    ['layers.cloud.collect.maxPerWorker: a limit for each worker', 'remove it'],
  ],
  [
    'waiting for more than the limit for each worker lets through',
    withLayers('edge: { collect: { count: 13, maxPerWorker: 2 } }'),
    ['mobility.workers.count=6'],
    ['waits for 13 gradients, of which 2 of each worker count', 'expected at most 12'],
  ],
  [
    'a model that does not fit the data',
    validConfig,
    ['model.layers=[784, 11]'],
    ['the first layer width is 784', 'the last layer width is 11'],
  ],
  [
    'an unknown initialisation',
    validConfig,
    ['model.init=xavier-unifrom'],
    ['unknown initialisation "xavier-unifrom"', 'did you mean "xavier-uniform"?'],
  ],
  [
    'parameters to start from that are not there',
    validConfig,
    ['model.init=./none.safetensors'],
    ['none.safetensors: no such file'],
  ],
]);
