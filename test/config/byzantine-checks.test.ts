import { attack, ownNumbers, testCases, withFaults, withLayers } from './config-cases.ts';
import { validConfig } from './config-in-folder.ts';

testCases([
  [
    'a failure without a time',
    withFaults('crashes: [{ nodes: { layer: worker } }]'),
    [],
    [
      'config.yaml:9:21: faults.crashes.0: never happens',
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
    'a delivery attack that is drawn when it is too late',
    withLayers(attack('{ count: 1, scope: per-aggregation }', 'rule: delay')),
    [],
    [
      'layers.worker.attack.byzantine.scope: delay acts when a message is sent, when the Byzantine senders are not drawn yet',
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
    withLayers('edge: { attack: { rule: drop, byzantine: { count: 1 } } }'),
    [],
    [
      'layers.edge.attack.rule: messages may be dropped, but layer cloud waits for them without a deadline',
      'set layers.cloud.deadlineS',
    ],
  ],
  [
    'an attack where an aggregator belongs',
    withLayers('edge: { aggregate: { rule: bit-flip } }'),
    [],
    ['that is the name of an attack'],
  ],
  [
    'an option that a rule does not know',
    withLayers(attack('{ count: 1 }', 'rule: sign-flip, options: { magnitud: 5 }')),
    [],
    [
      'config.yaml:8:59: layers.worker.attack.options.magnitud: unknown key (sign-flip)',
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
    'more Byzantine vectors declared than are collected',
    withLayers('edge: { aggregate: { f: 11 } }'),
    [],
    ['layers.edge.aggregate.f: 11 Byzantine vectors of 10'],
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
    withLayers('edge: { attack: { rule: label-flip, byzantine: { count: 1 } } }'),
    [],
    ['layers.edge.attack.rule: label-flip poisons samples, and servers have none'],
  ],
  [
    'a data attack by nodes drawn at an aggregation',
    withLayers(attack('{ count: 1, scope: per-aggregation }', 'rule: label-flip')),
    [],
    ['layers.worker.attack.byzantine.scope: label-flip poisons samples before', 'expected global'],
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
    [
      'layers.worker.attack.options.map: map names the label 10, but labels are 0 to 9',
      'expected labels from 0 to 9',
    ],
  ],
  [
    'a back door to a class that there is not',
    withLayers(attack('{ count: 1 }', 'rule: backdoor, options: { target: 10 }')),
    [],
    [
      'layers.worker.attack.options.target: target 10, but labels are 0 to 9',
      'expected a label from 0 to 9',
    ],
  ],
  [
    'flipped labels of numbers',
    `${validConfig.replace('{ name: synthetic }', `{ name: module, path: ${ownNumbers} }`)}layers: { ${attack('{ count: 1 }', 'rule: label-flip')} }\n`,
    ['model.layers=[8,2]', 'model.loss=squared'],
    [
      'label-flip needs classes, the targets of dataset module are numbers',
      'choose an attack on vectors',
    ],
  ],
  [
    'a learning rate of own steps that is no arithmetic',
    withLayers('worker: { training: { localSteps: 2, localLearningRate: 0.1 / rond } }'),
    [],
    ['layers.worker.training.localLearningRate: ', 'unknown name "rond"'],
  ],
  [
    'no node Byzantine',
    withLayers(attack('{}')),
    [],
    ['byzantine: no node named', 'exactly one of'],
  ],
  [
    'Byzantine nodes named twice',
    withLayers(attack('{ count: 1, fraction: 0.1 }')),
    [],
    ['byzantine: count and fraction together'],
  ],
  [
    'ids of Byzantine nodes drawn at each aggregation',
    withLayers(attack('{ ids: [worker-001], scope: per-aggregation }')),
    [],
    ['byzantine.ids: with scope per-aggregation'],
  ],
  [
    'ids of Byzantine nodes near each server',
    withLayers(attack('{ scope: local, ids: [worker-001] }')),
    [],
    ['byzantine.ids: with scope local', 'use scope global, or a count'],
  ],
  [
    'more Byzantine servers near one than it has children',
    withLayers('edge: { attack: { rule: sign-flip, byzantine: { scope: local, count: 3 } } }'),
    [],
    ['layers.edge.attack.byzantine.count: 3 Byzantine of 2 servers below one parent'],
  ],
  [
    'Byzantine servers of a kind',
    withLayers('edge: { attack: { rule: sign-flip, byzantine: { count: 1, kind: car } } }'),
    [],
    [
      'layers.edge.attack.byzantine.kind: limits the Byzantine nodes among servers',
      'name servers with ids',
    ],
  ],
  [
    'Byzantine servers in a place',
    withLayers(
      'edge: { attack: { rule: sign-flip, byzantine: { count: 1, region: { site: { xM: 1, yM: 1 }, rangeM: 9 } } } }',
    ),
    [],
    ['layers.edge.attack.byzantine.region: limits the Byzantine nodes among servers of layer edge'],
  ],
  [
    'Byzantine workers of a kind that takes no part',
    withLayers(attack('{ count: 1, kind: container }')),
    [],
    ['byzantine.kind: no worker is ever a container', 'mobility.workers.kinds is car, pedestrian'],
  ],
  [
    'more Byzantine entities than there are of the kind',
    withLayers(attack('{ count: 2, kind: pedestrian }')),
    ['mobility.workers.mode=one-per-entity'],
    ['byzantine.count: 2 Byzantine of 1 pedestrians'],
  ],
  [
    'an attack that is over before it begins',
    withLayers(attack('{ count: 1, fromS: 9, untilS: 9 }')),
    [],
    ['byzantine.untilS: 9 s, so no node is ever Byzantine', 'expected more than fromS, which is 9'],
  ],
  [
    'an attack after the run',
    withLayers(attack('{ count: 1, fromS: 60 }')),
    ['training.maximumTimeS=60'],
    ['byzantine.fromS: 60 s, so no node is ever Byzantine', 'which is 60'],
  ],
  [
    'a place to lie outside of the map',
    withLayers(attack('{ count: 1, region: { site: { xM: 5000, yM: 100 }, rangeM: 50 } }')),
    [],
    [
      'layers.worker.attack.byzantine.region.site: outside the map: x 5000.0, y 100.0',
      'the map reaches from x',
    ],
  ],
  [
    'a place to lie at a junction of no network',
    withLayers(attack('{ count: 1, region: { site: { junction: a }, rangeM: 50 } }')),
    [],
    ['byzantine.region.site: a junction cannot be found without a network'],
  ],
  [
    'a Byzantine worker that there is not',
    withLayers(attack('{ ids: [worker-001, worker-1] }')),
    [],
    [
      'byzantine.ids.1: no node "worker-1" in layer worker',
      '(100 in all)',
      'did you mean "worker-001"?',
    ],
  ],
  [
    'a Byzantine entity that the trace has not',
    withLayers(attack('{ ids: [bystandr] }')),
    ['mobility.workers.mode=one-per-entity'],
    ['byzantine.ids.0: no entity "bystandr" in the trace', 'did you mean "bystander"?'],
  ],
  [
    'a Byzantine entity that is never of the kind of the attack',
    withLayers(attack('{ ids: [bystander], kind: car }')),
    ['mobility.workers.mode=one-per-entity'],
    [
      'byzantine.ids.0: "bystander" is never a car, so it is never Byzantine',
      'remove it, or byzantine.kind',
    ],
  ],
  [
    'Byzantine workers of a kind that is not in the trace',
    withLayers(attack('{ fraction: 0.5, kind: container }')),
    ['mobility.workers.kinds=[car, container]'],
    [
      'byzantine.kind: no entity of the trace is ever a container, so no worker is Byzantine',
      'it has: car',
    ],
  ],
  [
    'more Byzantine workers than workers',
    withLayers(attack('{ count: 101 }')),
    [],
    ['byzantine.count: 101 Byzantine of 100 workers'],
  ],
  [
    'more Byzantine vectors than are collected',
    withLayers(attack('{ count: 11, scope: per-aggregation }')),
    [],
    ['byzantine.count: 11 Byzantine of 10 vectors in one aggregation'],
  ],
  [
    'an attack by the cloud',
    withLayers('cloud: { attack: { rule: sign-flip, byzantine: { count: 1 } } }'),
    [],
    ['layers.cloud.attack: the cloud sends no results up'],
  ],
  [
    'more owners than labels to deal',
    validConfig,
    ['data.partition=disjoint-by-label', 'data.owners=workers'],
    ['data.partition: 100 workers cannot each have labels of their own: synthetic has 10'],
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
]);
