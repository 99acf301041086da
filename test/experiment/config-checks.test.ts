import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { load, problemsOf, validConfig } from './config-in-folder.ts';

/** Appends settings of layers to the valid config. */
const withLayers = (layers: string): string => `${validConfig}layers: { ${layers} }\n`;
const attack = (faulty: string, more = 'rule: sign-flip'): string =>
  `worker: { attack: { ${more}, faulty: ${faulty} } }`;

/** Failures in a config whose cloud waits for nobody without end. */
const withFaults = (faults: string): string =>
  `${withLayers('cloud: { deadlineS: 9 }')}faults: { ${faults} }\n`;

const ownNumbers = resolve('test/worlds/own-numbers.js');

const boston = `name: boston
mobility:
  trace: ${resolve('sumo-scenarios/boston-common/trace.fcd.xml.gz')}
  network: ${resolve('sumo-scenarios/boston-common/network.net.xml')}
servers:
  - { id: a, site: { junction: beacon-joy } }
`;

const cases: [title: string, text: string, overrides: string[], problems: string[]][] = [
  [
    'a failure without a time',
    withFaults('crashes: [{ nodes: { layer: worker } }]'),
    [],
    [
      'config.yaml:9:21 faults.crashes.0: never happens',
      'expected exactly one of: atS, meanTimeToFailureS',
    ],
  ],
  [
    'a failure with a time and a rate',
    withFaults('cuts: [{ servers: { layer: edge }, atS: 3, meanTimeToFailureS: 9 }]'),
    [],
    [
      'faults.cuts.0: happens once at a time, and again and again at a rate',
      'expected exactly one of: atS, meanTimeToFailureS',
    ],
  ],
  [
    'nodes of a layer that there is not',
    withFaults('crashes: [{ nodes: { layer: egde }, atS: 1 }]'),
    [],
    ['faults.crashes.0.nodes.layer: no node is in layer "egde"', 'did you mean "edge"?'],
  ],
  [
    'a node that there is not',
    withFaults('crashes: [{ nodes: { layer: edge, ids: [lefd] }, atS: 1 }]'),
    [],
    ['faults.crashes.0.nodes.ids.0: no node "lefd" in layer edge', 'did you mean "left"?'],
  ],
  [
    'more failing nodes than there are',
    withFaults('crashes: [{ nodes: { layer: edge, count: 3 }, atS: 1 }]'),
    [],
    ['faults.crashes.0.nodes.count: 3 of 2 nodes in layer edge'],
  ],
  [
    'failing nodes named in two ways',
    withFaults('crashes: [{ nodes: { layer: edge, count: 1, fraction: 0.5 }, atS: 1 }]'),
    [],
    ['faults.crashes.0.nodes: count and fraction together'],
  ],
  [
    'a cloud that crashes',
    withFaults('crashes: [{ nodes: { layer: cloud }, atS: 1 }]'),
    [],
    [
      'faults.crashes.0.nodes.layer: the cloud cannot crash',
      'faults.cuts, with the layer below it',
    ],
  ],
  [
    'a cut of what workers do not have',
    withFaults('cuts: [{ servers: { layer: worker }, atS: 1 }]'),
    [],
    ['faults.cuts.0.servers.layer: workers are linked by radio'],
  ],
  [
    'a cloud that would wait without end for an edge that has crashed',
    `${validConfig}faults: { crashes: [{ nodes: { layer: edge }, atS: 1 }] }\n`,
    [],
    [
      'faults.crashes.0.nodes.layer: what fails is missed, but layer cloud waits without a deadline',
      'set layers.cloud.deadlineS',
    ],
  ],
  [
    'a rule that there is not',
    withLayers('edge: { aggregate: { rule: marginal-medain } }'),
    [],
    [
      'config.yaml:8:38 layers.edge.aggregate.rule: unknown aggregator "marginal-medain"',
      'did you mean "marginal-median"?',
      'or the path of your own file',
    ],
  ],
  [
    'a crash in the live world',
    `${validConfig}world: live\nfaults: { crashes: [{ nodes: { layer: worker }, atS: 5 }] }\n`,
    [],
    ['faults.crashes: world: live does not act them out', 'world: virtual does'],
  ],
  [
    'a delivery attack in the live world',
    `${withLayers(attack('{ count: 1 }', 'rule: delay'))}world: live\n`,
    [],
    ['layers.worker.attack.rule: world: live does not act delay out', 'world: virtual does'],
  ],
  [
    'a delivery attack that is drawn when it is too late',
    withLayers(attack('{ count: 1, scope: per-aggregation }', 'rule: delay')),
    [],
    [
      'layers.worker.attack.faulty.scope: delay acts when a message is sent, when nobody knows yet who will be drawn',
      'expected global or local',
    ],
  ],
  [
    'a delivery attack on some of the parameters',
    withLayers(attack('{ count: 1 }', 'rule: duplicate, parameters: weights')),
    [],
    [
      'layers.worker.attack.parameters: duplicate acts on whole messages, which parameters cannot limit',
      'leave it out',
    ],
  ],
  [
    'dropped results that the cloud would wait for without end',
    withLayers('edge: { attack: { rule: drop, faulty: { count: 1 } } }'),
    [],
    [
      'layers.edge.attack.rule: messages may be dropped, but layer cloud waits for them without a deadline',
      'set layers.cloud.deadlineS',
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
    'an attack where an aggregator belongs',
    withLayers('edge: { aggregate: { rule: bit-flip } }'),
    [],
    ['that is the name of an attack'],
  ],
  [
    'a rule file that is not there',
    withLayers('edge: { aggregate: { rule: own.ts } }'),
    [],
    ['config.yaml:8:38 layers.edge.aggregate.rule: ', 'own.ts: no such rule file'],
  ],
  [
    'a rule file without a rule in it',
    withLayers(`edge: { aggregate: { rule: ${resolve('test/experiment/no-rule.ts')} } }`),
    [],
    ['layers.edge.aggregate.rule: ', "the file's default export must be one"],
  ],
  [
    'an option that a rule does not know',
    withLayers(attack('{ count: 1 }', 'rule: sign-flip, options: { magnitud: 5 }')),
    [],
    [
      'config.yaml:8:59 layers.worker.attack.options.magnitud: unknown key (sign-flip)',
      'did you mean "magnitude"?',
    ],
  ],
  [
    'an option of a wrong type',
    withLayers(attack('{ count: 1 }', 'rule: sign-flip, options: { magnitude: big }')),
    [],
    ['layers.worker.attack.options.magnitude: found the text "big" (sign-flip)'],
  ],
  [
    'more faulty vectors declared than the rule stands',
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
    'more faulty ones than a rule can search for',
    withLayers(
      'edge: { collect: { fraction: 0.5 }, aggregate: { rule: minimum-diameter-averaging, f: 21 } }',
    ),
    [],
    ['minimum-diameter-averaging: stands at most f = 20, got 21'],
  ],
  [
    'a weight by staleness where nothing is stale',
    withLayers('edge: { aggregate: { stalenessWeight: { rule: hinge } } }'),
    [],
    [
      'layers.edge.aggregate.stalenessWeight.rule: a weight by staleness, but in synchronous rounds',
    ],
  ],
  [
    'more faulty results declared than the cloud has children for',
    withLayers('cloud: { aggregate: { rule: marginal-median, f: 1 } }'),
    [],
    ['needs at least 2f + 1 = 3 vectors, got 2 (f = 1)', 'cloud has 2 child servers'],
  ],
  [
    'more faulty vectors declared than are collected',
    withLayers('edge: { aggregate: { f: 11 } }'),
    [],
    ['layers.edge.aggregate.f: 11 faulty vectors of 10'],
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
    'a key of a map that is no label',
    withLayers(attack('{ count: 1 }', 'rule: label-flip, options: { map: { a: 1 } }')),
    [],
    ['layers.worker.attack.options.map.a: found the key "a" (label-flip)', 'expected a label'],
  ],
  [
    'an image without channels',
    withLayers(attack('{ count: 1 }', 'rule: backdoor, options: { image: [8, 8] }')),
    [],
    ['layers.worker.attack.options.image: found a list of 2', 'expected a list (3) of a whole num'],
  ],
  [
    'a bit twice',
    withLayers(attack('{ count: 1 }', 'rule: ieee-bit-flip, options: { bits: [3, 3] }')),
    [],
    ['layers.worker.attack.options.bits: found a list of 2', 'expected each bit once'],
  ],
  [
    'a tensor that the model has not',
    withLayers(attack('{ count: 1 }', 'rule: sign-flip, parameters: [dense-1/weight]')),
    [],
    [
      'layers.worker.attack.parameters.0: the model has no tensor',
      'did you mean "dense-1/weights"?',
    ],
  ],
  [
    'a data attack of servers',
    withLayers('edge: { attack: { rule: label-flip, faulty: { count: 1 } } }'),
    [],
    ['layers.edge.attack.rule: label-flip poisons samples, and servers have none'],
  ],
  [
    'a data attack by whoever is drawn at an aggregation',
    withLayers(attack('{ count: 1, scope: per-aggregation }', 'rule: label-flip')),
    [],
    ['layers.worker.attack.faulty.scope: label-flip poisons samples before', 'expected global'],
  ],
  [
    'a data attack on some of the parameters',
    withLayers(attack('{ count: 1 }', 'rule: label-flip, parameters: weights')),
    [],
    ['layers.worker.attack.parameters: label-flip poisons samples'],
  ],
  [
    'a label that there is not',
    withLayers(attack('{ count: 1 }', 'rule: label-flip, options: { map: { 10: 1 } }')),
    [],
    ['layers.worker.attack.options: map names the label 10, but labels are 0 to 9'],
  ],
  [
    'a back door to a class that there is not',
    withLayers(attack('{ count: 1 }', 'rule: backdoor, options: { target: 10 }')),
    [],
    ['layers.worker.attack.options: target 10, but labels are 0 to 9'],
  ],
  [
    'flipped labels of numbers',
    `${validConfig.replace('{ name: synthetic }', `{ name: module, path: ${ownNumbers} }`)}layers: { ${attack('{ count: 1 }', 'rule: label-flip')} }\n`,
    ['model.layers=[8,2]', 'model.loss=squared'],
    ['label-flip needs classes, the targets of dataset module are numbers'],
  ],
  [
    'a learning rate of a single step',
    withLayers('worker: { training: { localLearningRate: 0.1 } }'),
    [],
    ['training.localLearningRate: a learning rate of its own changes nothing in a single step'],
  ],
  [
    'a learning rate of own steps that is no arithmetic',
    withLayers('worker: { training: { localSteps: 2, localLearningRate: 0.1 / rond } }'),
    [],
    ['layers.worker.training.localLearningRate: ', 'unknown name "rond"'],
  ],
  ['nobody faulty', withLayers(attack('{}')), [], ['faulty: nobody named', 'exactly one of']],
  [
    'faulty nodes named twice',
    withLayers(attack('{ count: 1, fraction: 0.1 }')),
    [],
    ['faulty: count and fraction together'],
  ],
  [
    'ids of faulty nodes drawn anew',
    withLayers(attack('{ ids: [worker-001], scope: per-aggregation }')),
    [],
    ['faulty.ids: with scope per-aggregation'],
  ],
  [
    'ids of faulty nodes near each server',
    withLayers(attack('{ scope: local, ids: [worker-001] }')),
    [],
    ['faulty.ids: with scope local', 'use scope global, or a count'],
  ],
  [
    'more faulty servers near one than it has children',
    withLayers('edge: { attack: { rule: sign-flip, faulty: { scope: local, count: 3 } } }'),
    [],
    ['layers.edge.attack.faulty.count: 3 faulty of 2 servers below one parent'],
  ],
  [
    'faulty servers of a kind',
    withLayers('edge: { attack: { rule: sign-flip, faulty: { count: 1, kind: car } } }'),
    [],
    ['layers.edge.attack.faulty.kind: limits who is faulty among servers', 'name servers with ids'],
  ],
  [
    'faulty servers in a place',
    withLayers(
      'edge: { attack: { rule: sign-flip, faulty: { count: 1, region: { site: { xM: 1, yM: 1 }, rangeM: 9 } } } }',
    ),
    [],
    ['layers.edge.attack.faulty.region: limits who is faulty among servers of layer edge'],
  ],
  [
    'faulty workers of a kind that takes no part',
    withLayers(attack('{ count: 1, kind: container }')),
    [],
    ['faulty.kind: no worker is ever a container', 'mobility.workers.kinds is car, pedestrian'],
  ],
  [
    'more faulty entities than there are of the kind',
    withLayers(attack('{ count: 2, kind: pedestrian }')),
    ['mobility.workers.mode=one-per-entity'],
    ['faulty.count: 2 faulty of 1 pedestrians'],
  ],
  [
    'a time to lie that is over before it begins',
    withLayers(attack('{ count: 1, fromS: 9, untilS: 9 }')),
    [],
    ['faulty.untilS: 9 s, so nobody ever lies', 'expected more than fromS, which is 9'],
  ],
  [
    'a time to lie after the run',
    withLayers(attack('{ count: 1, fromS: 60 }')),
    ['training.maximumTimeS=60'],
    ['faulty.fromS: 60 s, so nobody ever lies', 'which is 60'],
  ],
  [
    'a place to lie outside of the map',
    withLayers(attack('{ count: 1, region: { site: { xM: 5000, yM: 100 }, rangeM: 50 } }')),
    [],
    [
      'layers.worker.attack.faulty.region.site: outside the map: x 5000.0, y 100.0',
      'the map reaches from x',
    ],
  ],
  [
    'a place to lie at a junction of no network',
    withLayers(attack('{ count: 1, region: { site: { junction: a }, rangeM: 50 } }')),
    [],
    ['faulty.region.site: a junction cannot be found without a network'],
  ],
  [
    'a faulty worker that there is not',
    withLayers(attack('{ ids: [worker-001, worker-1] }')),
    [],
    [
      'faulty.ids.1: no node "worker-1" in layer worker',
      '(100 in all)',
      'did you mean "worker-001"?',
    ],
  ],
  [
    'a faulty entity that the trace has not',
    withLayers(attack('{ ids: [bystandr] }')),
    ['mobility.workers.mode=one-per-entity'],
    ['faulty.ids.0: nobody "bystandr" in the trace', 'did you mean "bystander"?'],
  ],
  [
    'more faulty workers than workers',
    withLayers(attack('{ count: 101 }')),
    [],
    ['faulty.count: 101 faulty of 100 workers'],
  ],
  [
    'more faulty vectors than are collected',
    withLayers(attack('{ count: 11, scope: per-aggregation }')),
    [],
    ['faulty.count: 11 faulty of 10 vectors in one aggregation'],
  ],
  [
    'an attack by the cloud',
    withLayers('cloud: { attack: { rule: sign-flip, faulty: { count: 1 } } }'),
    [],
    ['layers.cloud.attack: the cloud sends nothing up'],
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
    ['config.yaml:8:11 layers.egde: no server is in this layer', 'did you mean "edge"?'],
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
    'losing messages that are waited for without end',
    withLayers('edge: { link: { loss: 0.1 } }'),
    [],
    [
      'layers.edge.link.loss: messages may be lost, but layer cloud waits for them without a deadline',
      'set layers.cloud.deadlineS, or no loss',
    ],
  ],
  [
    'rounds of an unknown mode',
    validConfig,
    ['rounds.mode=asynchronos'],
    ['rounds.mode: found the text "asynchronos"', 'did you mean "asynchronous"?'],
  ],
  [
    'a bound on staleness where nobody waits',
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
    'losing messages that are waited for without end, in asynchronous rounds',
    withLayers('edge: { link: { loss: 0.1 } }'),
    ['rounds.mode=asynchronous'],
    ['layers.edge.link.loss: messages may be lost', 'set layers.cloud.deadlineS, or no loss'],
  ],
  [
    'a limit for each worker of a layer that hears servers',
    withLayers('cloud: { collect: { count: 2, maxPerWorker: 1 } }'),
    [],
    ['layers.cloud.collect.maxPerWorker: a limit for each worker', 'remove it'],
  ],
  [
    'waiting for more different workers than there are',
    withLayers('edge: { collect: { count: 7, from: each } }'),
    ['mobility.workers.count=6'],
    [
      'layers.edge.collect.count: waits for 7 gradients, of which 1 of each worker count, but there are 6 workers',
      'expected at most 6, or more mobility.workers.count',
    ],
  ],
  [
    'waiting for more than the limit for each worker lets through',
    withLayers('edge: { collect: { count: 13, maxPerWorker: 2 } }'),
    ['mobility.workers.count=6'],
    ['waits for 13 gradients, of which 2 of each worker count', 'expected at most 12'],
  ],
  [
    'more parameters than the memory can hold',
    validConfig,
    ['model.layers=[64, 1000000, 10]'],
    ['model.layers: a model of 75,000,010 parameters', 'expected at most 20,000,000'],
  ],
  [
    'a model that does not fit the data',
    validConfig,
    ['model.layers=[784, 11]'],
    ['the first layer width is 784', 'the last layer width is 11'],
  ],
  [
    'layers that take other inputs than the data',
    validConfig,
    ['model={ kind: layers, input: [9, 7, 1], layers: [{ kind: dense, units: 10 }] }'],
    [
      'model.input: an input of [9, 7, 1] has 63 numbers, dataset synthetic has 64 features',
      'expected sizes whose product is 64',
    ],
  ],
  [
    'a layer that does not fit the one before',
    validConfig,
    [
      'model={ kind: layers, input: [8, 8, 1], layers: [{ kind: dense, units: 10 }, { kind: max-pool, size: 2 }] }',
    ],
    ['model.layers.1: max-pool needs [rows, columns, channels], what reaches it is [10]'],
  ],
  [
    'a window that is larger than what reaches it',
    validConfig,
    [
      'model={ kind: layers, input: [8, 8, 1], layers: [{ kind: max-pool, size: 4 }, { kind: conv2d, filters: 1, size: 3 }] }',
    ],
    ['model.layers.1: a window of 3 x 3 in images of 2 x 2', 'or padding: same'],
  ],
  [
    'layers that end with another number of classes',
    validConfig,
    [
      'model={ kind: layers, input: [8, 8, 1], layers: [{ kind: dense, units: 9 }, { kind: relu }] }',
    ],
    [
      "model.layers.1: the last layer's output is [9], dataset synthetic has 10 classes",
      'expected { kind: dense, units: 10 }',
    ],
  ],
  [
    'more owners than labels to deal',
    validConfig,
    ['data.partition=disjoint-by-label', 'data.owners=workers'],
    ['data.partition: 100 workers cannot each have labels of their own: synthetic has 10'],
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
  [
    'a learning rate of unknown names',
    validConfig,
    ['training.learningRate=0.1 / rond'],
    ['unknown name "rond"', 'did you mean "round"?'],
  ],
  [
    'an optimiser that there is not',
    validConfig,
    ['training.optimiser.name=adagrat'],
    ['training.optimiser.name: found the text "adagrat"', 'did you mean "adagrad"?'],
  ],
  [
    'an option of another optimiser',
    validConfig,
    ['training.optimiser={ name: adagrad, momentum: 0.9 }'],
    ['training.optimiser.momentum: unknown key'],
  ],
  [
    'a look ahead without momentum',
    validConfig,
    ['training.optimiser={ name: sgd, nesterov: true }'],
    ['training.optimiser.nesterov: nesterov without momentum changes nothing', 'set momentum'],
  ],
  [
    'a partition by label of targets that are numbers',
    validConfig,
    [
      `data.dataset={ name: module, path: ${ownNumbers} }`,
      'data.partition=disjoint-by-label',
      'model={ layers: [8, 2], loss: squared }',
    ],
    [
      'data.partition: disjoint-by-label needs classes, the targets of dataset module are numbers',
      'expected iid',
    ],
  ],
  [
    'a model for classes on targets that are numbers',
    validConfig,
    [`data.dataset={ name: module, path: ${ownNumbers} }`, 'model.layers=[8, 2]'],
    ['model.loss: cross-entropy needs classes', 'expected squared'],
  ],
  [
    'a model of another width than there are targets',
    validConfig,
    [
      `data.dataset={ name: module, path: ${ownNumbers} }`,
      'model={ layers: [8, 1], loss: squared }',
    ],
    [
      'model.layers: the last layer width is 1, dataset module has 2 targets',
      'for instance [8, 2]',
    ],
  ],
  [
    'an option that a dataset file does not know',
    validConfig,
    [`data.dataset={ name: module, path: ${ownNumbers}, options: { items: 5 } }`],
    ['data.dataset.options.items: unknown key'],
  ],
  [
    'a split without items',
    validConfig,
    [
      `data.dataset={ name: module, path: ${ownNumbers} }`,
      'model={ layers: [8, 2], loss: squared }',
      'evaluation.split=validation',
    ],
    ['evaluation.split: dataset module has no validation items'],
  ],
  [
    'a dataset file that is not there',
    validConfig,
    ['data.dataset={ name: module, path: own.ts }'],
    ['data.dataset: ', 'own.ts: no such dataset file'],
  ],
  [
    'a field of a CSV file that is no number, with both places',
    validConfig,
    [
      `data.dataset={ name: csv, train: ${resolve('test/experiment/no-number.csv')}, test: 0.2, target: y }`,
      'model={ layers: [1, 1], loss: squared }',
    ],
    ['data.dataset: ', 'no-number.csv:3:3: "two" in column y', 'expected a number'],
  ],
  [
    'a CSV file that is not there',
    validConfig,
    ['data.dataset={ name: csv, train: a.csv, test: 0.2, target: y }'],
    ['data.dataset: ', 'a.csv: there is no such file'],
  ],
  [
    'a dataset folder that is not there',
    validConfig,
    ['data.dataset={ name: idx, folder: none }'],
    ['data.dataset: ', 'none: no such folder'],
  ],
  [
    'a trace that is not there',
    validConfig,
    ['mobility.trace=none.xml'],
    ['mobility.trace: ', 'none.xml: no such file'],
  ],
  [
    'a junction without a network',
    validConfig,
    ['servers.left.site={ junction: a }'],
    ['servers.0.site: a junction cannot be found without a network', 'set mobility.network'],
  ],
  [
    'an unknown junction',
    boston,
    ['servers.a.site.junction=beacon-joi'],
    ['no junction "beacon-joi" in ', 'did you mean "beacon-joy"?'],
  ],
  [
    'a site outside the map',
    boston,
    ['servers.a.site={ lat: 42.5, lon: -71.06 }'],
    ['servers.0.site: outside the map: x ', 'the nearest came to ', 'the map reaches from x 0.0'],
  ],
  [
    'a place that is not on earth',
    boston,
    ['servers.a.site={ lat: 95, lon: 0 }'],
    ['no place on earth: lat 95, lon 0'],
  ],
  [
    'a server that nobody ever comes near, one of two',
    validConfig,
    ['servers.right.site={ xM: 400, yM: 0 }', 'servers.right.rangeM=10'],
    ['servers.1.site: nobody is ever in range: 10 m, the nearest came to '],
  ],
  [
    'nobody of the chosen kinds',
    validConfig,
    ['mobility.workers.kinds=[container]'],
    ['mobility.trace: ', 'nobody of kind container in the trace', 'it has: 5 car, 1 pedestrian'],
  ],
  [
    'a trace that is shorter than the run',
    validConfig,
    ['mobility.end=stop', 'training.maximumTimeS=60'],
    ['training.maximumTimeS: 60 s, but the trace lasts 26 s and mobility.end is stop'],
  ],
];

for (const [title, text, overrides, problems] of cases) {
  test(`an input error: ${title}`, async () => {
    const told = await problemsOf(text, overrides);
    for (const problem of problems) expect(told).toContain(problem);
    // One fault, one problem (a model has two ends), so that nobody hunts a consequence.
    expect(told.match(/^\S.*$/gm)).toHaveLength(title.startsWith('a model that') ? 2 : 1);
  });
}

test('problems of meaning are told at once, in the order of the file', async () => {
  const told = await problemsOf(
    withLayers('cloud: { collect: { count: 5 } }, edge: { aggregate: { rule: maen } }'),
    ['servers.left.rangeM=0.001', 'servers.left.site.xM=400', 'model.layers=[5, 10]'],
  );
  expect(told.match(/^\S.*$/gm)?.map((line) => line.replace(/^override "[^"]*": /, ''))).toEqual([
    expect.stringContaining('model.layers: the first layer width is 5'),
    expect.stringContaining('config.yaml:4:23 servers.0.site: nobody is ever in range'),
    expect.stringContaining('config.yaml:8:38 layers.cloud.collect.count: waits for 5'),
    expect.stringContaining('layers.edge.aggregate.rule: unknown aggregator "maen"'),
  ]);
});

test('the valid config of these tests is valid, with a loss that a deadline makes up for', async () => {
  expect(await problemsOf(validConfig)).toBe('');
  expect(
    await problemsOf(withLayers('edge: { link: { loss: 0.1 } }, cloud: { deadlineS: 60 }')),
  ).toBe('');
});

test('whoever is faulty where, when and as what it can be is let through', async () => {
  const region = 'region: { site: { xM: 240, yM: 100 }, rangeM: 10 }';
  for (const layers of [
    attack(`{ scope: local, count: 1, kind: car, fromS: 5, untilS: 9, ${region} }`),
    attack(`{ scope: per-aggregation, fraction: 0.5, kind: pedestrian, ${region} }`),
    attack('{ ids: [worker-001], untilS: 9 }'),
    'edge: { attack: { rule: sign-flip, faulty: { scope: local, fraction: 0.5, fromS: 3 } } }',
  ]) {
    expect(await problemsOf(withLayers(layers))).toBe('');
  }
});

test('what can work out of step is let through', async () => {
  for (const [layers, ...overrides] of [
    ['cloud: { collect: { count: 3, from: any } }', 'rounds.mode=asynchronous'],
    // Its timeout makes up for what is lost.
    ['edge: { link: { loss: 0.1 } }', 'rounds.mode=partially-asynchronous'],
    ['edge: { collect: { count: 12, maxPerWorker: 2 } }', 'mobility.workers.count=6'],
    ['edge: { collect: { count: 6, from: each } }', 'mobility.workers.count=6'],
    ['edge: { collect: { count: 13 } }', 'mobility.workers.count=6'],
    // Whoever comes back asks for the model, and nobody waits for it.
    ['edge: {}', 'rounds.mode=asynchronous', 'faults.crashes=[{ nodes: { layer: edge }, atS: 1 }]'],
    // Its f is of senders over time.
    [
      'edge: { collect: { count: 1 }, aggregate: { rule: kardam, f: 3 } }',
      'rounds.mode=asynchronous',
    ],
  ] as const) {
    expect(await problemsOf(withLayers(layers), [...overrides])).toBe('');
  }
});

test('whoever waits for several children out of step does so with a timeout', async () => {
  const deadlineOf = async (collect: string, mode: string) => {
    const text = withLayers(`cloud: { collect: ${collect} }`);
    const { config } = await load(text, [`rounds.mode=${mode}`]);
    return config.layers.cloud.deadlineS;
  };
  expect(await deadlineOf('all', 'synchronous')).toBeUndefined();
  expect(await deadlineOf('all', 'asynchronous')).toBe(30);
  expect(await deadlineOf('{ count: 2 }', 'asynchronous')).toBe(30);
  expect(await deadlineOf('{ count: 1 }', 'asynchronous')).toBeUndefined();
  expect(await deadlineOf('{ count: 2, from: any }', 'asynchronous')).toBeUndefined();
  expect(await deadlineOf('{ count: 1 }', 'partially-asynchronous')).toBe(30);
});
