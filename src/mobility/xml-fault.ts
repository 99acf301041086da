/** What fast-xml-parser says of a text that is no XML, in this program's words. */
const WORDS: readonly [pattern: RegExp, words: string][] = [
  [/^Start tag expected/, 'it has no element'],
  [/^char '&' is not expected/, 'a "&" by itself, expected "&amp;"'],
  [/^char '.*' is not expected/s, 'text where an element is expected'],
  [/^Invalid '\[\s*"([^"]*)"/, '<$1> does not end'],
  [/^Unclosed tag '(.*)'$/s, '<$1> does not end'],
  [/^Attributes for '(.*)' have open quote$/s, 'in <$1> a value has no closing quote'],
  [
    /^Expected closing tag '(.*)' \(opened in line (\d+), col \d+\) instead of closing tag '(.*)'$/s,
    'found </$3>, expected the end of <$1>, which begins in line $2',
  ],
  [/^Closing tag '(.*)' has not been opened$/s, 'found </$1>, and <$1> has not begun'],
  [/^Closing tag '(.*)' (?:doesn't|can't) .*$/s, 'more than a name in the end of <$1>'],
  [/^Multiple possible root nodes found$/, 'a second element behind the root element'],
  [/^Extra text at the end$/, 'text behind the root element'],
  [/^Invalid space after '<'$/, 'a "<" without a name'],
  [/^(?:Tag|Attribute) '(.*)' is an invalid name$/s, '"$1" is no name'],
  [/^Attribute '(.*)' has no space in starting$/s, 'no space before the attribute "$1"'],
  [/^Attribute '(.*)' is without value$/s, 'the attribute "$1" has no value in quotes'],
  [/^boolean attribute '(.*)' is not allowed$/s, 'the attribute "$1" has no value'],
  [/^Attribute '(.*)' is repeated$/s, 'the attribute "$1" is there twice'],
  [/^Maximum nested tags exceeded$/, 'more than 100 elements within each other'],
  [/"(.*)" is a reserved JavaScript keyword/, '"$1" is a name that no file may use'],
  [/^External entities are not supported/, 'an entity of another file, which is not read'],
];
const MOST_CHARACTERS = 120;

/** One line, also where a name in the text is long or has line ends. */
export function xmlFault(message: string): string {
  const bare = message.trim().replace(/\.$/, '');
  const [pattern, words] = WORDS.find(([each]) => each.test(bare)) ?? [];
  const [first] = (pattern?.exec(bare) ?? [bare]) as [string];
  const text = pattern === undefined ? bare : first.replace(pattern, words!);
  const line = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line;
}
