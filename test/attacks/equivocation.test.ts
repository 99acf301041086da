import { expect, it, test } from 'vitest';
import equivocation from '#attacks/equivocation.js';
import { parseOptions } from '#src/rules/running/load.js';
import { toldFactor } from '#src/rules/running/telling.js';
import { openStream } from '#src/simulation/random.js';

const random = openStream(1, 'equivocation');

it('tells every other child minus the model, made longer', () => {
  const options = parseOptions(equivocation, { magnitude: 2 });
  const told = [0, 1, 2, 3].map((child) =>
    toldFactor({ rule: equivocation, options }, { child }, { random }),
  );
  expect(told).toEqual([1, -2, 1, -2]);
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
    const tell = () => toldFactor({ rule, options: {} as never }, { child: 0 }, { random });
    expect(tell).toThrow(`attack "equivocation" returned ${wrong}: expected a finite number`);
  },
);
