/** Markup that is safe to put into a page. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | null | readonly Part[];

/**
 * Markup from a template. Every value is escaped, because names and labels come from users; only
 * what is `Markup` already stays as it is. Lists are joined, null is nothing.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(
    parts.reduce((text, part, index) => `${text}${markupOf(values[index - 1]!)}${part}`),
  );
}

function markupOf(value: Part): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapedHtml(`${value}`);
  return value.map(markupOf).join('');
}

function escapedHtml(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
