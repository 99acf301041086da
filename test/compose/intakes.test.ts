import { expect, it } from 'vitest';
import { layerIntake } from '#src/compose/intakes.js';
import { modelParameters } from '#src/learning/model.js';
import { tinyConfig, tinyInput } from '../worlds/tiny-config.ts';

// Weights of 8 * 6 at 0, 6 biases, weights of 6 * 3, 3 biases.
const parameters = modelParameters({
  kind: 'mlp',
  layers: [8, 6, 3],
  activation: 'relu',
  initialisation: 'xavier-uniform',
});

it.each([
  ['all', null],
  [
    'weights',
    [
      { offset: 0, length: 48 },
      { offset: 54, length: 18 },
    ],
  ],
  [
    'biases',
    [
      { offset: 48, length: 6 },
      { offset: 72, length: 3 },
    ],
  ],
  [['dense-2/biases'], [{ offset: 72, length: 3 }]],
] as const)(
  'an attack on %j touches those elements of a vector and no others',
  async (touched, ranges) => {
    const attack = { rule: 'sign-flip', parameters: touched, byzantine: { count: 1 } };
    const config = tinyConfig({ layers: { ...tinyInput.layers, worker: { attack } } });
    const { reference } = await layerIntake(
      config,
      'edge',
      config.layers.worker.attack,
      parameters,
    );
    expect(reference.attack).toMatchObject({ rule: { name: 'sign-flip' }, ranges });
  },
);

it('a layer with a fallback needs what that asks for', async () => {
  const tooFew = { fallback: { rule: 'geometric-median', options: { iterations: 2 } } };
  const aggregate = { rule: 'krum', f: 2, tooFew };
  const config = tinyConfig({ layers: { edge: { collect: { count: 9 }, aggregate } } });
  const { reference, needed } = await layerIntake(config, 'edge', undefined, parameters);
  expect([reference.tooFew, reference.fallback?.name, needed]).toEqual([
    'fallback',
    'geometric-median',
    5,
  ]);
});

it('a layer needs what its rule and its declared f ask for', async () => {
  const aggregate = { rule: 'marginal-median', f: 2 };
  const config = tinyConfig({ layers: { edge: { collect: { count: 9 }, aggregate } } });
  const { reference, needed } = await layerIntake(config, 'edge', undefined, parameters);
  expect([reference.attack, reference.f, needed]).toEqual([null, 2, 5]);
});
