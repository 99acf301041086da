import { resolve } from 'node:path';
import { boston, testCases, withLayers } from './config-cases.ts';
import { validConfig } from './config-in-folder.ts';

testCases([
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
    'a server that no worker comes near, one of two',
    validConfig,
    ['servers.right.site={ xM: 400, yM: 0 }', 'servers.right.rangeM=10'],
    ['servers.1.site: no worker is ever in range: 10 m, the nearest came to '],
  ],
  [
    'no entity of the chosen kinds',
    validConfig,
    ['mobility.workers.kinds=[container]'],
    ['mobility.trace: ', 'no entity of kind container in the trace', 'it has: 5 car, 1 pedestrian'],
  ],
  [
    'a junction whose id YAML takes for a number',
    validConfig,
    ['servers.left.site={ junction: 8 }'],
    ['servers.0.site.junction: found 8', 'expected text, which a number is in quotes: "8"'],
  ],
  [
    'no entity of the chosen types',
    validConfig,
    ['mobility.workers.types=[bus]'],
    ['no entity of kind car or pedestrian and type bus in the trace', 'its types: car, van'],
  ],
  [
    'sites that none of those that take part comes near',
    validConfig,
    ['mobility.workers.participation=0', 'servers=[{ id: left, site: { xM: 200, yM: 100 } }]'],
    ['servers.0.site: no worker is ever in range'],
  ],
  [
    'an unknown junction',
    boston,
    ['servers.a.site.junction=beacon-joi'],
    ['no junction "beacon-joi" in ', 'did you mean "beacon-joy"?'],
  ],
  [
    'a junction of workers that stay, without a network',
    validConfig.replace(/mobility: .*/, 'mobility: { model: static, workers: { count: 4 } }'),
    ['servers.left.site={ junction: a }', 'servers.right.site=null'],
    ['servers.0.site: a junction cannot be found without a network'],
  ],
  [
    'an option of a radio model that is misspelt',
    validConfig,
    ['mobility.radio={ model: log-distance, options: { expnent: 2 } }'],
    ['mobility.radio.options.expnent: unknown key (log-distance)', 'did you mean "exponent"?'],
  ],
  [
    'an option of an association policy that is misspelt',
    validConfig,
    [
      'mobility.radio={ model: log-distance }',
      'mobility.association={ policy: a3, options: { offsetdb: 2 } }',
    ],
    ['mobility.association.options.offsetdb: unknown key (a3)', 'did you mean "offsetDb"?'],
  ],
  [
    'a policy by load of a file that names a server out of range',
    validConfig,
    [`mobility.association=${resolve('test/config/elsewhere.ts')}`],
    ['mobility.association: association policy elsewhere: its answer "elsewhere" is no server in'],
  ],
  [
    'a rule of participants of a file that names a child that is not there',
    `${validConfig
      .replace(/mobility: .*/, 'mobility: { model: static, workers: { count: 4 } }')
      .replaceAll(/, site: {[^}]*}/g, '')
      .replace(
        'data: {',
        'data: { owners: workers,',
      )}rounds: { mode: hierarchical, pace: synchronous }
windows: { items: 10, count: 2 }
`,
    [`layers.edge.participants.rule=${resolve('test/config/seventh-child.ts')}`],
    ['layers.edge.participants.rule: participants "seventh-child"', 'chose [7] of 1 children'],
  ],
]);
