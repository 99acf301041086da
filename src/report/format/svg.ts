// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const NOT_IN_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

export type Attributes = Record<string, string | number>;

/** An SVG element. `content` is markup already, except in a title, whose text is escaped. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const list = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(shown(value))}"`)
    .join('');
  const inner = name === 'title' ? escaped(content) : content;
  return inner === '' ? `<${name}${list}/>` : `<${name}${list}>${inner}</${name}>`;
}

/** Words at a place. */
export function text(x: number, y: number, words: string, attributes: Attributes): string {
  return element('text', { x, y, ...attributes }, escaped(words));
}

/** A hundredth of a pixel is enough, and keeps files small. */
function shown(value: string | number): string {
  return typeof value === 'number' ? `${Math.round(value * 100) / 100}` : value;
}

/** Control characters, of which XML has three, would make the whole picture unreadable. */
function escaped(words: string): string {
  return words
    .replace(NOT_IN_XML, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
