import { expect, test } from 'vitest';
import { loadConfig } from '#src/config/load-config.js';
import { fileWith, load, problemsOf, validConfig } from './config-in-folder.ts';

test('an override sets any path', async () => {
  const { config } = await load(validConfig, [
    'training.epochs=0.5',
    'layers.edge.aggregate={ rule: marginal-median, f: 2 }',
    'model.layers=[64, 16, 10]',
    'training.learningRate=0.1 * 0.5 ^ epoch',
  ]);
  expect(config.training.epochs).toBe(0.5);
  expect(config.training.learningRate).toBe('0.1 * 0.5 ^ epoch');
  expect(config.layers.edge?.aggregate).toMatchObject({ rule: 'marginal-median', f: 2 });
  expect(config.model).toMatchObject({ layers: [64, 16, 10] });
});

test('an item of a list goes by its index or its id, which may hold dots', async () => {
  const dotted = validConfig.replace('id: right', 'id: right.hand');
  const { config } = await load(dotted, [
    'servers.0.rangeM=40',
    'servers.right.hand.rangeM=30',
    'servers.2={ id: third, site: { xM: 210, yM: 100 } }',
    'servers.third.rangeM=20',
  ]);
  expect(config.servers.map(({ rangeM }) => rangeM)).toEqual([40, 30, 20]);
});

test('two overrides of one path are refused, whatever they call it', async () => {
  const twice = ['training.epochs=3', 'servers.0.rangeM=40', 'training.epochs=3'];
  expect(await problemsOf(validConfig, [...twice, 'servers.left.rangeM=40'])).toBe(
    `override "training.epochs=3": set by override "training.epochs=3" already
  expected every path once
override "servers.left.rangeM=40": set by override "servers.0.rangeM=40" already
  expected every path once`,
  );
});

test('a value stays text where nothing but text can stand', async () => {
  const { config } = await load(validConfig, ['name=2024', 'servers.left.id=7']);
  expect(config.name).toBe('2024');
  expect(config.servers[0]?.id).toBe('7');
});

test('an override of an aliased part changes nothing elsewhere', async () => {
  const text = `${validConfig}layers: { edge: { link: &link { latencyMs: 7 } }, cloud: { link: *link } }\n`;
  const { config } = await load(text, ['layers.edge.link.latencyMs=9']);
  expect(config.layers.edge?.link.latencyMs).toBe(9);
  expect(config.layers.cloud.link.latencyMs).toBe(7);
});

test('the seed of the command line stands before everything', async () => {
  const { config } = await loadConfig(fileWith(validConfig), { overrides: ['seed=2'], seed: 3 });
  expect(config.seed).toBe(3);
});

const faults: [override: string, problem: string][] = [
  ['training.epochs=zero', 'training.epochs: found the text "zero"\n  expected a number above 0'],
  [
    'training.epohs=3',
    `training.epohs: unknown key
  expected one of: learningRate, optimiser, gradient, combine, epochs, gradientsPerEpoch, countedGradients, maximumRounds, maximumTimeS
  did you mean "epochs"?`,
  ],
  ['layers.egde.deadlineS=3', 'layers.egde: no server is in this layer\n  did you mean "edge"?'],
  [
    'servers.lfet.rangeM=3',
    `servers has no item "lfet"
  expected an index from 0 to 1, or one of: left, right
  did you mean "left"?`,
  ],
  ['servers.7.rangeM=3', 'servers has no item "7"'],
  ['training..epochs=1', 'the path has an empty part between its dots'],
  ['training.=1', 'the path ends with a dot'],
  ['model.layers=[', 'the value is not valid YAML: Flow sequence'],
  ['epochs', 'not of the form path=value'],
  ['__proto__.polluted=1', '__proto__: unknown key'],
];

for (const [override, problem] of faults) {
  test(`a fault in an override names it: ${override}`, async () => {
    expect(await problemsOf(validConfig, [override])).toContain(
      `override "${override}": ${problem}`,
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
}

test('an override below a value that is no map says how to replace that value', async () => {
  expect(await problemsOf(`${validConfig}seed: 1\n`, ['seed.more.still=1'])).toBe(
    `override "seed.more.still=1": seed is 1, so it has no "more"
  to replace it: 'seed={ more: { still: … } }'`,
  );
});

test('faults of several overrides are reported at once', async () => {
  const problems = await problemsOf(validConfig, ['a..b=1', 'model.layers=[']);
  expect(problems.match(/^override/gm)).toHaveLength(2);
});
