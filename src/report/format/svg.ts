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

function escaped(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
