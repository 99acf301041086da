import { expect, test } from 'vitest';
import { calling, NotReturned } from '#src/rules/running/calling.js';

const endless = (): never => {
  for (;;);
};

test('code that returns in time gives what it returns, with a limit or without', () => {
  expect(calling('rule "a"', () => 7)).toBe(7);
  expect(calling('rule "a"', () => 7, 60)).toBe(7);
});

test('code that throws is reported with its name, with a limit or without', () => {
  const code = () => {
    throw new TypeError('no such thing');
  };
  expect(() => calling('rule "a"', code)).toThrow('rule "a" failed: no such thing');
  expect(() => calling('rule "a"', code, 60)).toThrow('rule "a" failed: no such thing');
});

test.each([null, undefined, 'no error'])('code that throws %s is reported with that', (thrown) => {
  const code = () => {
    throw thrown;
  };
  expect(() => calling('rule "a"', code, 60)).toThrow(`rule "a" failed: ${thrown}`);
});

test('code that does not return is broken off after its limit, and named', () => {
  expect(() => calling('rule "a" (a.js)', endless, 0.2)).toThrow(NotReturned);
  expect(() => calling('rule "a" (a.js)', endless, 0.2)).toThrow(
    'rule "a" (a.js) has not returned after 0.2 s (rules.timeLimitS)',
  );
  expect(calling('rule "b"', () => 1, 60)).toBe(1);
});

test('of code within code the one is named that does not return', () => {
  const outer = () => calling('rule "inner"', endless, 60);
  expect(() => calling('attack "outer"', outer, 0.2)).toThrow('rule "inner" has not returned');
  const own = () => {
    calling('rule "inner"', () => 1, 60);
    endless();
  };
  expect(() => calling('attack "outer"', own, 0.2)).toThrow('attack "outer" has not returned');
});
