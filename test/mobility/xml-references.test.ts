import { describe, expect, test } from 'vitest';
import { parseXml } from '#src/mobility/xml.js';

const attribute = (text: string) => parseXml(text)[0]!.attributes.b;

describe('an ampersand that refers to nothing is no XML', () => {
  test.each([
    ['in a value', '<a b="x & y"/>', 9, 'a "&" by itself, expected "&amp;"'],
    ['without an end', '<a b="&amp"/>', 7, 'a "&" by itself, expected "&amp;"'],
    [
      'to an unknown name',
      '<a b="x &foo;"/>',
      9,
      '"&foo;" stands for nothing, expected "&amp;foo;"',
    ],
    ['to a name in a text', '<a>&foo;</a>', 4, '"&foo;" stands for nothing, expected "&amp;foo;"'],
    ['to no character', '<a b="&#0;"/>', 7, '"&#0;" stands for nothing, expected "&amp;#0;"'],
  ])('%s', (_, text, column, message) => {
    const place = expect.objectContaining({ message, line: 2, column });
    expect(() => parseXml(`<!-- & &x; -->\n${text}`)).toThrow(place);
  });
});

test('references to characters, to the names of XML and to declared ones are replaced', () => {
  expect(attribute('<a b="&amp;&#65;&#x42;&lt;&quot;"/>')).toBe('&AB<"');
  expect(attribute('<!DOCTYPE a [<!ENTITY foo "bar">]><a b="&foo;"/>')).toBe('bar');
});

test('in comments, instructions and texts as they are an ampersand is one', () => {
  const [root] = parseXml('<?x & ?><a><!-- &x; --><![CDATA[ & ]]></a>');
  expect(root!.text).toBe(' & ');
});
