import { expect, it } from 'vitest';
import { ModelHolder, newModel, parametersOf } from '#src/nodes/model-holder.js';
import { FakeContext } from './fake-context.ts';

it('updates and measures the model of any server under its name, with an optimiser of its own', () => {
  const context = new FakeContext();
  context.optimiserHasState = true;
  context.nowUs = 3e6;
  const model = newModel(context.value());
  const asked: object[] = [];
  const rate = (at: object) => asked.push(at) / 4;
  const stepping = { hasOptimiser: true, learningRate: rate };
  const holder = new ModelHolder('edge', model, parametersOf(model, context), stepping, context);
  for (const round of [2, 5]) {
    holder.update(context.value(), { round, epoch: 1, gradients: 3 });
    holder.evaluate({ round, epoch: 2, split: 'test' });
  }
  expect(asked).toEqual([0, 1].map((round) => ({ round, epoch: 1, time: 3 })));
  const of = { server: 'edge', round: 5, version: 2, gradients: 6 };
  expect(context.journal.slice(-2)).toEqual([
    { type: 'updated', ...of, learningRate: 0.5 },
    { type: 'evaluated', ...of, epoch: 2, split: 'test' },
  ]);
  expect(context.updates[1]!.optimiserState).toBe(model.optimiserState);
  expect(context.alive).toEqual({ [model.theta]: 1, [model.optimiserState!]: 1 });
});
