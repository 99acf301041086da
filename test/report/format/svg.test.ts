import { XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { element, text } from '#src/report/format/svg.js';

test('words are escaped, and characters that XML does not have are replaced', () => {
  const words = 'car "a" <1>&\u001b[31m\0\t\uffff';
  const shown = 'car &quot;a&quot; &lt;1&gt;&amp;\ufffd[31m\ufffd\t\ufffd';
  expect(element('title', {}, words)).toBe(`<title>${shown}</title>`);
  expect(text(1, 2, words, {})).toBe(`<text x="1" y="2">${shown}</text>`);
  expect(XMLValidator.validate(element('g', { id: words }))).toBe(true);
});
