import { describe, expect, test } from 'vitest';
import { InputError } from '#src/errors.js';
import { compileLearningRate } from '#src/learning/learning-rate.js';

const start = { round: 0, epoch: 0, time: 0 };
const later = { round: 30, epoch: 3, time: 12.5 };

describe('a learning rate', () => {
  test('may be a number', () => {
    expect(compileLearningRate(0.001)(later)).toBe(0.001);
  });

  test.each([
    ['0.001', 0.001],
    ['0.001 * 0.5 ^ floor(epoch / 2)', 0.0005],
    ['0.1 / (1 + round / 10)', 0.1 / 4],
    ['round < 100 ? 0.01 : 0.001', 0.01],
    ['0 <= round <= 10 ? 0.01 : 0.001', 0.001],
    ['epoch >= 3 and not (time > 20) ? 2 : 1', 2],
    ['0.1 exp(-time / 10)', 0.1 * Math.exp(-1.25)],
    ['max(1e-4, 0.05 * (1 + cos(pi * epoch / 20)))', 0.05 * (1 + Math.cos((Math.PI * 3) / 20))],
    ['e ^ -sqrt(round + 6) + mod(round, 7) + round % 7 - 4', Math.E ** -6],
  ])('may be the expression %s', (expression, expected) => {
    expect(compileLearningRate(expression)(later)).toBeCloseTo(expected, 14);
  });

  test('is compiled once and depends on its moment alone', () => {
    const rate = compileLearningRate('1 / (1 + round)');
    expect([start, later, start].map(rate)).toEqual([1, 1 / 31, 1]);
  });

  test.each([
    [0, 'learning rate is 0'],
    [-1, 'learning rate is -1'],
    [Number.NaN, 'learning rate is NaN'],
    [Number.POSITIVE_INFINITY, 'learning rate is Infinity'],
  ])('cannot be the number %s', (eta, found) => {
    expect(() => compileLearningRate(eta)).toThrow(
      new InputError({
        path: ['training', 'learningRate'],
        found,
        advice: ['expected a number above 0 that is finite as float32: at most 3.4e38'],
      }),
    );
  });

  test.each([
    ['1 / round', 'Infinity'],
    ['log(round)', '-Infinity'],
    ['round / epoch', 'NaN'],
    ['0.1 - 1', '-0.9'],
    ['sqrt(-1)', 'i'],
    ['round < 1', 'true'],
  ])('names the expression and its values when %s is no rate', (expression, rate) => {
    expect(() => compileLearningRate(expression)(start)).toThrow(
      `learning rate "${expression}" is ${rate} at round=0, epoch=0, time=0`,
    );
  });

  test('names the key of the config in the middle of a run, too', () => {
    const path = ['training', 'learningRate'];
    const rate = compileLearningRate('1 / (7 - round)');
    expect(() => rate(later)).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ path })] }),
    );
  });

  test('names the values when a function does not take its arguments', () => {
    const rate = compileLearningRate('max()');
    expect(() => rate(start)).toThrow(InputError);
    expect(() => rate(start)).toThrow('learning rate "max()" fails at round=0, epoch=0, time=0: ');
  });

  test('suggests the nearest name for a typo', () => {
    expect(() => compileLearningRate('0.1 / (1 + roumd)')).toThrow(
      'unknown name "roumd"\n  expected one of: round, epoch, time, e, pi\n' +
        '  did you mean "round"?',
    );
    expect(() => compileLearningRate('flor(epoch)')).toThrow('did you mean "floor"?');
  });
});

describe('the sandbox refuses', () => {
  test.each([
    'import({ a: 1 }, { override: true })',
    'createUnit("foo")',
    'evaluate("1 + 1")',
    'parse("1")',
    'compile("1")',
    'simplify("1")',
    'derivative("x", "x")',
    'config({})',
    'typed("f", {})',
    'chain(1)',
    'reviver()',
    'random()',
    'unit("5 cm")',
    'factorial(170)',
    'print("$a", 1)',
    'constructor("return process")',
    'toString()',
    'round(epoch)',
  ])('the function of %s', (expression) => {
    expect(() => compileLearningRate(expression)).toThrow(/: unknown function "/);
  });

  test.each([
    'process',
    'globalThis',
    'constructor',
    '__proto__',
    'this',
    'cos',
    'i',
    '5 cm',
    'Infinite',
    'round + x',
    'ans',
  ])('the name in %s', (expression) => {
    expect(() => compileLearningRate(expression)).toThrow(/: unknown name "/);
  });

  const others = [
    'cos.constructor("return process")',
    'cos.constructor("return process")()',
    '(cos).constructor',
    'round.constructor',
    'cos["constructor"]',
    '"".constructor',
    '(1).toFixed(2)',
    'f(x) = x',
    'a = 1',
    'round = 1',
    'max = min',
    'cos.name = 1',
    'f(x) = f(x); f(1)',
    '1; 2',
    '1\n2',
    '[1, 2]',
    '{ a: 1 }',
    '1:3',
    '"0.1"',
    'true',
    'null',
    '5!',
    '5 to cm',
    "round'",
    '1 << 3',
    '2 .* 3',
    'max({ a: cos.constructor("x") })',
    'round < 1 ? 1 : cos.constructor',
    '(1',
    '1 2',
    '',
    '# nothing',
    '('.repeat(400),
    '-'.repeat(501),
    `1${' + 1'.repeat(200_000)}`,
  ];
  const titled = others.map((expression) => [expression.slice(0, 40), expression] as const);

  test.each(titled)('what is not arithmetic: %s', (_, expression) => {
    expect(() => compileLearningRate(expression)).toThrow(InputError);
  });
});
