import { expect, it, test } from 'vitest';
import equivocation from '#attacks/equivocation.js';
import { parseOptions } from '#src/rules/running/load.js';
import { modelFactor } from '#src/rules/running/model-factor.js';
import { openStream } from '#src/simulation/random.js';

const random = openStream(1, 'equivocation');

it('sends every other child minus the model, made longer', () => {
  const options = parseOptions(equivocation, { magnitude: 2 });
  const factors = [0, 1, 2, 3].map((child) =>
    modelFactor({ rule: equivocation, options }, { child }, { random }),
  );
  expect(factors).toEqual([1, -2, 1, -2]);
});

test.each([-1, 'far'])('a magnitude of %j is refused', (magnitude) => {
  expect(() => parseOptions(equivocation, { magnitude })).toThrow(
    'options.magnitude of equivocation',
  );
});

it.each([Number.NaN, 1e39, '2'])(
  'a factor of %j ends the run with the name of the attack',
  (wrong) => {
    const rule = { ...equivocation, factor: () => wrong as number };
    const factor = () => modelFactor({ rule, options: {} as never }, { child: 0 }, { random });
    expect(factor).toThrow(`attack "equivocation" returned ${wrong}: expected a finite number`);
  },
);
