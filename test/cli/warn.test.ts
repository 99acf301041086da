import { expect, test } from 'vitest';
import { folded } from '#src/cli/warn.js';

const terminal = { isTTY: true, columns: 20 };

test('a line that is wider than the terminal is folded between words and indented', () => {
  expect(folded('one two three four five six\n  advice of many words here', terminal)).toBe(
    'one two three four\n  five six\n  advice of many\n    words here',
  );
  expect(folded('a/path/of/more/than/twenty/characters', terminal)).toBe(
    'a/path/of/more/than/twenty/characters',
  );
});

test('elsewhere lines stay whole, for programs that read them', () => {
  const line = 'word '.repeat(50).trim();
  expect(folded(line, { isTTY: false, columns: 20 })).toBe(line);
});

test('what a terminal would obey is written out', () => {
  const header = 'no column "a"\n\texpected one of: \u001b[2J\u0007, b\u009b';
  expect(folded(header, { isTTY: false, columns: 20 })).toBe(
    'no column "a"\n\texpected one of: \\x1b[2J\\x07, b\\x9b',
  );
});
