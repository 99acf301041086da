import { resolve } from 'node:path';
import { ownNumbers, testCases, withLayers } from './config-cases.ts';
import { validConfig } from './config-in-folder.ts';

testCases([
  [
    'a drawn partition in which an owner gets too little',
    validConfig,
    ['data.owners=workers', 'data.partition={ name: dirichlet, alpha: 0.1, minimumItems: 2000 }'],
    ['data.partition: in 1000 draws with alpha 0.1, one of '],
  ],
  [
    'a table without one of the owners',
    validConfig,
    ['data.partition={ name: table, weights: { elsewhere: { 0: 1 } } }'],
    ['data.partition: no weights for ', 'expected a line for every owner'],
  ],
  [
    'a partition by labels that are numbers, with options',
    validConfig,
    [
      `data.dataset={ name: module, path: ${ownNumbers} }`,
      'model={ layers: [8, 2], loss: squared }',
      'data.partition={ name: shards, perOwner: 2 }',
    ],
    ['data.partition: shards needs classes'],
  ],
  [
    'a partition of data that is one pool',
    validConfig,
    ['data.owners=shared', 'data.partition=disjoint-by-label'],
    [
      'data.partition: disjoint-by-label has no effect: with owners shared all data is one pool',
      'expected iid, or owners: regions or workers',
    ],
  ],
  [
    'a learning rate of a single step',
    withLayers('worker: { training: { localLearningRate: 0.1 } }'),
    [],
    ['training.localLearningRate: a learning rate of its own has no effect in a single step'],
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
    'losing messages that are waited for without end, in asynchronous rounds',
    withLayers('edge: { link: { loss: 0.1 } }'),
    ['rounds.mode=asynchronous'],
    ['layers.edge.link.loss: messages may be lost', 'set layers.cloud.deadlineS, or no loss'],
  ],
  [
    'more items than the memory can hold',
    validConfig,
    ['data.dataset.trainItems=2000000000'],
    [
      'data.dataset.trainItems: 2,000,001,000 items of 64 numbers need 476.8 GiB of memory',
      'expected at most ',
    ],
  ],
  [
    'a batch that the memory cannot hold',
    validConfig,
    ['data.batchSize=2000000000'],
    ['data.batchSize: a batch of 2,000,000,000 items needs ', 'expected at most 1 GiB a thread'],
  ],
  [
    'more parameters than the memory can hold',
    validConfig,
    ['model.layers=[64, 1000000, 10]'],
    ['model.layers: a model of 75,000,010 parameters', 'expected at most 20,000,000'],
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
    ['training.optimiser.nesterov: nesterov has no effect without momentum', 'set momentum'],
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
      `data.dataset={ name: csv, train: ${resolve('test/config/no-number.csv')}, test: 0.2, target: y }`,
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
    'a trace that is shorter than the run',
    validConfig,
    ['mobility.end=stop', 'training.maximumTimeS=60'],
    ['training.maximumTimeS: 60 s, but the trace lasts 26 s and mobility.end is stop'],
  ],
  [
    'a learning rate of unknown names',
    validConfig,
    ['training.learningRate=0.1 / rond'],
    ['unknown name "rond"', 'did you mean "round"?'],
  ],
  [
    'a learning rate that is no finite float32',
    validConfig,
    ['training.learningRate=1e308'],
    ['training.learningRate: learning rate is 1e+308', 'finite as float32: at most 3.4e38'],
  ],
  [
    'a learning rate that is 0 as float32',
    validConfig,
    ['training.learningRate=1e-320'],
    ['training.learningRate: learning rate is 1e-320, which is 0 as float32', 'at least 1e-44'],
  ],
  [
    'a duration between bounds of which the second is below the first',
    validConfig,
    ['layers.worker.gradientS={ distribution: uniform, fromS: 2, toS: 1 }'],
    ['layers.worker.gradientS.toS: found 1', 'expected fromS or more'],
  ],
  [
    'a learning rate of its own that is no finite float32',
    withLayers('worker: { training: { localSteps: 2, localLearningRate: 1e39 } }'),
    [],
    ['layers.worker.training.localLearningRate: learning rate is 1e+39'],
  ],
  [
    'a weight decay that is no finite float32',
    withLayers('worker: { training: { weightDecay: 1e39 } }'),
    [],
    ['layers.worker.training.weightDecay: found 1e+39', 'expected a number from 0 to 3.4e+38'],
  ],
  [
    'a first accumulator that is no finite float32',
    validConfig,
    ['training.optimiser={ name: adagrad, initialAccumulator: 1e39 }'],
    ['training.optimiser.initialAccumulator: found 1e+39', 'expected a number from 0 to 3.4e+38'],
  ],
]);
