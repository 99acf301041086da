import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { compose } from '#src/compose/compose.js';
import { configSchema } from '#src/config/config-schema.js';
import { loadConfig, parseConfig } from '#src/config/load-config.js';
import { InputError } from '#src/errors.js';
import {
  crossingTrace,
  fileWith,
  load,
  problemsOf,
  temporaryFolder,
  validConfig,
} from './config-in-folder.ts';

test('defaults are filled in, those of a layer by its place in the tree', async () => {
  const { config } = await load(validConfig);
  expect(config.training.epochs).toBe(20);
  expect(config.layers.cloud).toMatchObject({ collect: 'all', aggregate: { rule: 'mean', f: 0 } });
  expect(config.layers.cloud.deadlineS).toBe(null);
  expect(config.layers.edge).toMatchObject({ collect: { count: 10 }, deadlineS: 30 });
});

test('what the user gives for a layer stands before its defaults', async () => {
  const text = `${validConfig}layers: { edge: { collect: { fraction: 0.5 }, deadlineS: 3 } }\n`;
  const { config } = await load(text);
  expect(config.layers.edge).toMatchObject({ collect: { fraction: 0.5 }, deadlineS: 3 });
});

test('an inner server waits for its children without a deadline, the cloud for the inner ones', async () => {
  const { config } = await load(`${validConfig}layers: { metro: {} }\n`, [
    'servers.2={ id: middle, layer: metro }',
    'servers.left.parent=middle',
    'servers.right.parent=middle',
  ]);
  expect(config.layers.metro?.collect).toBe('all');
  expect(config.layers.metro?.deadlineS).toBe(null);
});

test('relative paths start at the folder of the config, whatever the working directory', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'configs'));
  symlinkSync(crossingTrace, join(folder, 'trace.xml'));
  writeFileSync(
    join(folder, 'rule.ts'),
    `import { defineAggregator } from 'edgemlsim/rules';
     export default defineAggregator({ name: 'first', summary: 'the first vector',
       minimumInputs: () => 1, aggregate: (vectors) => ({ vector: vectors[0]! }) });`,
  );
  writeFileSync(
    join(folder, 'weight.ts'),
    `import { defineStalenessWeight } from 'edgemlsim/rules';
     export default defineStalenessWeight({ name: 'one', summary: 'in full', weigh: () => 1 });`,
  );
  const file = join(folder, 'configs/a.yaml');
  const text = validConfig.replace(crossingTrace, '../trace.xml');
  const aggregate = '{ rule: ../rule.ts, stalenessWeight: { rule: ../weight.ts } }';
  writeFileSync(file, `${text}layers: { edge: { aggregate: ${aggregate} } }\n`);
  const { config } = await loadConfig(file, { overrides: ['rounds.mode=asynchronous'] });
  expect(config.mobility.trace).toBe(join(folder, 'trace.xml'));
  expect(config.layers.edge?.aggregate.rule).toBe(join(folder, 'rule.ts'));
  expect(config.layers.edge?.aggregate.stalenessWeight.rule).toBe(join(folder, 'weight.ts'));
});

test('a resolved config loads again, from another folder, as the same config', async () => {
  const { config } = await load(validConfig);
  const again = await loadConfig(fileWith(stringify(config), 'config.resolved.yaml'));
  expect(again.config).toEqual(config);
});

test('a file that is one long text is not repeated in the message', async () => {
  const problems = await problemsOf(readFileSync('sumo-scenarios/crossing/trace.fcd.xml', 'utf8'));
  expect(problems).toContain('characters that begins "<?xml version=');
  expect(problems.length).toBeLessThan(600);
});

test('everything wrong with keys and values is reported at once, from the top down', async () => {
  expect(
    await problemsOf(`name: a b
seed: -1
mobility:
  trace: t.xml
  wrkers: { count: 3 }
servers:
  - { id: a, ragneM: 5 }
layers:
  edge: { aggregate: { f: two } }
training: { gradient: men }
`),
  ).toBe(`config.yaml:1:7: name: found the text "a b"
  expected letters, digits, dot, hyphen, underscore
config.yaml:2:7: seed: found -1
  expected a whole number, at least 0
config.yaml:5:3: mobility.wrkers: unknown key
  expected one of: model, options, entities, trace, network, buildings, origin, end, maximumSpeedMps, maximumGapS, radio, association, handover, workers
  did you mean "workers"?
config.yaml:7:14: servers.0.ragneM: unknown key
  expected one of: id, parent, layer, site, rangeM, service, radio, standby, memoryMb, link
  did you mean "rangeM"?
config.yaml:9:27: layers.edge.aggregate.f: found the text "two"
  expected a whole number, at least 0
config.yaml:10:23: training.gradient: found the text "men"
  expected one of: sum, mean
  did you mean "mean"?`);
});

test('a missing key is reported with what belongs there', async () => {
  expect(await problemsOf('name: a\nservers: [{ id: a }]\nmobility: {}\n')).toBe(
    `config.yaml:3:11: mobility.trace: missing
  expected text, not empty, or a list (at least 1) of text, not empty, or { format, file, kind, columns, delimiter, timeUnit, lengthUnit }, or { sumo }`,
  );
});

const unions: [what: string, layers: string, problem: string][] = [
  [
    'a distribution with a typo in its name',
    'worker: { gradientS: { distribution: norml, meanS: 1 } }',
    `layers.worker.gradientS.distribution: found the text "norml"
  expected one of: uniform, normal, exponential, lognormal
  did you mean "normal"?`,
  ],
  [
    'a distribution without one of its keys',
    'worker: { gradientS: { distribution: uniform, fromS: 1 } }',
    `layers.worker.gradientS.toS: missing
  expected a number above 0`,
  ],
  [
    'a distribution without a name',
    'worker: { gradientS: { meanS: 1 } }',
    `layers.worker.gradientS.distribution: missing
  expected one of: uniform, normal, exponential, lognormal`,
  ],
  [
    'a key with a typo in one of several maps',
    'edge: { collect: { fractoin: 0.5, maxPerWorker: 2 } }',
    `layers.edge.collect.fraction: missing
  expected a number from 0 to 1 (this share of the workers in range when the round opens, at least 1)
config.yaml:8:30: layers.edge.collect.fractoin: unknown key
  expected one of: fraction, maxPerWorker
  did you mean "fraction"?`,
  ],
  [
    'a wrong word for a list of words',
    'worker: { attack: { rule: sign-flip, parameters: wieghts, byzantine: { count: 1 } } }',
    `layers.worker.attack.parameters: found the text "wieghts"
  expected one of: all, weights, biases, or a list (at least 1) of text
  did you mean "weights"?`,
  ],
  [
    'a kind of worker that there is not',
    'worker: { gradientSByKind: { cars: 2 } }',
    `layers.worker.gradientSByKind.cars: unknown key
  expected one of: car, pedestrian, container
  did you mean "car"?`,
  ],
];

for (const [what, layers, problem] of unions) {
  test(`of several forms of a value only the one that was meant is reported: ${what}`, async () => {
    const found = await problemsOf(`${validConfig}layers: { ${layers} }\n`);
    expect(found.replace(/^config\.yaml:\d+:\d+: /, '')).toBe(problem);
  });
}

test('a site of no known form is reported with all forms', async () => {
  expect(await problemsOf(validConfig.replace('{ xM: 280, yM: 100 }', '[280, 100]'))).toBe(
    `config.yaml:5:24: servers.1.site: found a list of 2
  expected { xM, yM }, or { lat, lon }, or { junction }, or { entity }`,
  );
});

test('null takes away an empty section, and a key that may be left out to mean none', async () => {
  const text = `${validConfig}layers:\n  worker:\n    attack: { rule: bit-flip, byzantine: { count: 1 } }\ntraining:\n`;
  expect((await load(text)).config.layers.worker.attack?.rule).toBe('bit-flip');
  expect((await load(text, ['layers.worker.attack=null'])).config.layers.worker.attack).toBe(
    undefined,
  );
});

test.each(['layers.edge.deadlineS=null', 'layers.edge={ deadlineS: null }'])(
  'a deadline of null is none, also when the config is read again: %s',
  async (override) => {
    const { config } = await load(validConfig, [override]);
    expect(config.layers.edge!.deadlineS).toBe(null);
    const again = configSchema.parse(parse(stringify(config)));
    expect(again).toEqual(config);
    const { settings } = await compose(again);
    expect(settings.layers.edge!.deadlineUs).toBe(null);
    // Left out, it is the default.
    const { layers } = (await load(validConfig)).config;
    expect(layers).toMatchObject({ edge: { deadlineS: 30 }, cloud: { deadlineS: null } });
  },
);

test.each([
  [
    'servers.0.rangeM',
    'expected a number above 0',
    'leave it out for the default: 50 with mobility.radio.model range; by path loss otherwise',
  ],
  [
    'training.learningRate',
    'expected a number above 0, or text',
    'leave it out for the default: 0.001',
  ],
  ['evaluation.split', 'expected one of: test, validation', 'leave it out for the default: test'],
  [
    'layers.edge.collect',
    'expected all, or each, or { count,',
    'leave it out for the default: by its place',
  ],
  [
    'servers.0.link.loss',
    'expected a number from 0 to 1',
    "leave it out for the default: as its layer's",
  ],
  ['rounds.late', 'unknown key', 'expected one of: mode'],
  ['layers.edge.deadline', 'unknown key', 'did you mean "deadlineS"?'],
])('null where a default would take its place is refused: %s', async (path, expected, advice) => {
  const problems = await load(validConfig, [`${path}=null`]).then(
    () => 'accepted',
    (error: InputError) => error.message,
  );
  expect(problems).toContain(`override "${path}=null": ${path}: `);
  expect(problems).toContain(expected);
  expect(problems).toContain(advice);
});

test('syntax errors carry their places, several at once', async () => {
  const problems = await problemsOf('name: a\nname: b\nseed: [1\n');
  expect(problems).toContain('config.yaml:2:1: not valid YAML: Map keys must be unique');
  expect(problems).toContain('config.yaml:4:1: not valid YAML: Flow sequence');
});

test('a second document, and lists within lists without end, are named', async () => {
  expect(await problemsOf('name: a\n---\nname: b\n')).toBe(
    'config.yaml:2:1: multiple documents\n  expected one: a file for each',
  );
  const deep = await problemsOf(`name: ${'['.repeat(20_000)}`);
  expect(deep).toMatch(
    /^config\.yaml:1:\d+: not usable YAML: lists or mappings are nested too deeply$/m,
  );
});

test('wrong values and what the others mean together are reported at once, from the top down', async () => {
  const text = `${validConfig}training: { maximumTimeS: 60, epochs: many }\n`;
  const problems = await problemsOf(text, ['mobility.end=stop']);
  const lines = problems.match(/^\S.*$/gm);
  expect(lines).toHaveLength(2);
  expect(lines![0]).toMatch(/training\.maximumTimeS: 60 s, but the trace lasts 26 s/);
  expect(lines![1]).toMatch(/training\.epochs: found the text "many"/);
});

test.each([
  ['a wrong value', 'data.dataset.features=many', 'found the text "many"'],
  ['a misspelt key', 'model={ layrs: [64, 10] }', 'unknown key'],
])('%s leads to no problem that only its default has', async (_, override, found) => {
  const problems = await problemsOf(validConfig, [override]);
  expect(problems).toContain(found);
  expect(problems.match(/^\S.*$/gm)).toHaveLength(1);
});

test.each([
  ['code', 'for (;;);'],
  ['a promise', 'await new Promise(() => {});'],
])('a rule file whose top level is %s without an end is an input error', async (_, code) => {
  const rule = join(temporaryFolder(), 'endless.mjs');
  writeFileSync(rule, `${code}\nexport default {};\n`);
  const problems = await problemsOf(validConfig, [
    `layers.edge.aggregate.rule=${rule}`,
    'rules.timeLimitS=2',
  ]);
  expect(problems).toContain(
    `${rule}: the rule file does not load: not done after 2 s (rules.timeLimitS)`,
  );
  expect(problems.match(/^\S.*$/gm)).toHaveLength(1);
});

const unusable: [what: string, text: string | Uint8Array, problem: string][] = [
  ['empty', '', 'the file is empty'],
  ['nothing but a comment', '# later\n', 'the file is empty'],
  ['no map', 'just text\n', 'found the text "just text"'],
  ['not text', new Uint8Array([0xff, 0xfe, 0]), 'not a text file in UTF-8'],
  ['several documents', 'a: 1\n---\nb: 2\n', 'multiple documents'],
  ['an unknown tag', 'a: !secret b\n', 'Unresolved tag: !secret'],
  ['an alias within its own anchor', 'a: &a [*a]\n', 'an alias stands inside the part'],
  [
    'aliases that unfold without end',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f']
      .map((name, i) => `${name}: &${name} [${`*${'abcde'[i]},`.repeat(8)}]`)
      .join('\n')}\n`,
    'Excessive alias count',
  ],
];

for (const [what, text, problem] of unusable) {
  test(`a file that is ${what} is an input error`, async () => {
    await expect(loadConfig(fileWith(text))).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining(problem),
    });
  });

  test(`a file that is ${what} is named as a place, not in words`, async () => {
    const file = fileWith(text);
    await expect(loadConfig(file)).rejects.toMatchObject({
      problems: [{ place: { file }, found: expect.not.stringContaining(file) }],
    });
  });
}

test('a file that is not there is reported with the nearest name beside it', async () => {
  const file = fileWith(validConfig, 'boston.yaml');
  const missing = join(dirname(file), 'botson.yaml');
  await expect(loadConfig(missing)).rejects.toThrow(
    `${missing}: no such file\n  did you mean "${file}"?`,
  );
});

test('a folder is reported with the configs in it', async () => {
  const folder = dirname(fileWith(validConfig, 'boston.yaml'));
  await expect(loadConfig(folder)).rejects.toThrow('a folder, not a file\n  it holds: boston.yaml');
});

test('a study is reported as one', async () => {
  const file = fileWith('name: several\nbase: config.yaml\narms: {}\n');
  await expect(loadConfig(file)).rejects.toThrow(
    `${file}:2:1: a study, not the config of one run\n  edgemlsim study ${file} checks`,
  );
});

test('a share of everything or nothing is reported with both limits', async () => {
  const csv = '{ name: csv, train: a.csv, target: y, test: 1 }';
  expect(await problemsOf(validConfig.replace('{ name: synthetic }', csv))).toContain(
    'expected text, or a number above 0 and below 1',
  );
});

test('merge keys repeat a part of the file', async () => {
  const text = `${validConfig}layers: { edge: { link: &link { loss: 0 } }, cloud: { link: { <<: *link, latencyMs: 5 } } }\n`;
  const { config } = await load(text);
  expect(config.layers.cloud.link).toEqual({
    ...{ bandwidthMbps: 20, latencyMs: 5 },
    ...{ loss: 0, maximumRetries: 0, duplication: 0, corruption: 0 },
  });
});

test('every committed experiment is valid', async () => {
  await expect(loadConfig('configs/boston-common.yaml')).resolves.toBeDefined();
  await expect(loadConfig('configs/mnist-cnn.yaml')).resolves.toBeDefined();
  expect(readFileSync('configs/boston-common.yaml', 'utf8')).toContain(
    '$schema=experiment.schema.json',
  );
});

const withoutModel = validConfig.replace(/^model:.*\n/m, '');

test('a wrong layer of a model is reported by what its kind would take', async () => {
  const layers = (...list: string[]) =>
    load(
      `${withoutModel}model: { kind: layers, input: [8, 8, 1], layers: [${list.join(', ')}] }\n`,
    );
  const wrong: [string, string][] = [
    ['{ kind: conv2, filters: 3, size: 3 }', 'did you mean "conv2d"?'],
    ['{ kind: relu, rate: 0.5 }', 'expected one of: kind'],
    ['{ kind: max-pool }', 'model.layers.0.size: missing'],
    ['{ size: 3 }', 'model.layers.0.kind: missing'],
    ['{ kind: dropout, rate: 1 }', 'expected a number from 0 to 0.99'],
  ];
  for (const [layer, problem] of wrong) await expect(layers(layer)).rejects.toThrow(problem);
});

test('a model without a kind is a perceptron, and reported as one', async () => {
  const { config } = await load(`${withoutModel}model: { layers: [64, 10] }\n`);
  expect(config.model.kind).toBe('mlp');
  await expect(load(`${withoutModel}model: { layers: [64, 1.5, 10] }\n`)).rejects.toThrow(
    'model.layers.1: found 1.5',
  );
  await expect(load(`${withoutModel}model: { lyers: [64, 10] }\n`)).rejects.toThrow(
    'did you mean "layers"?',
  );
});

describe('a config that is an object', () => {
  const valid = parse(validConfig);

  test('is the same as from a file, with paths from the given folder', async () => {
    const { config } = await load(validConfig);
    const folder = dirname(crossingTrace);
    const mobility = { trace: basename(crossingTrace) };
    const given = { ...valid, mobility };
    expect((await parseConfig(given, { folder })).config).toEqual(config);
    expect(given.mobility).toEqual(mobility);
  });

  test('has the same problems, of the schema and of what it means, without lines', async () => {
    const wrong = `${validConfig}layers: { edge: { aggregate: { rule: medain } } }\n`;
    const lines = (await problemsOf(wrong)).replaceAll(/config\.yaml:\d+:\d+:? /g, '');
    expect(lines).not.toBe('');
    const refusal = await parseConfig(parse(wrong)).catch((error) => error);
    expect(refusal).toBeInstanceOf(InputError);
    expect(refusal.message).toBe(lines);
    const odd = { ...valid, seed: -1 };
    await expect(parseConfig(odd)).rejects.toThrow(/^seed: found -1\n/);
    const code = { ...valid, name: () => 'code' };
    await expect(parseConfig(code)).rejects.toThrow(InputError);
  });
});
