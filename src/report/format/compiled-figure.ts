import type { Spec } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { userContentCache } from '../../user-cache.ts';

/** The words over a figure. */
interface Title {
  text: string;
  subtitle?: string;
}

/** What this process has compiled, by the form of the figure. */
const compiled = new Map<string, string>();

/**
 * What Vega draws for a specification of Vega-Lite.
 *
 * Vega-Lite looks neither at the data nor at the words of the title, so that it compiles figures of one form once:
 * what it makes is kept in the user's cache. To load it and to compile takes a twentieth of a short run.
 */
export async function compiledFigure(spec: TopLevelSpec): Promise<Spec> {
  const tables: unknown[] = [];
  const placeOf = (values: unknown) => {
    if (!tables.includes(values)) tables.push(values);
    return [{ table: tables.indexOf(values) }];
  };
  const { title, ...others } = spec as { title?: Title };
  const words = title && wordsOf(title);
  const noWords = words && Object.fromEntries(Object.keys(words).map((key) => [key, key]));
  const form = JSON.stringify(
    { ...others, ...(title && { title: { ...title, ...noWords } }) },
    (key, value) =>
      key === 'data' && value?.values ? { ...value, values: placeOf(value.values) } : value,
  );
  const figure = JSON.parse(await compiledForm(form), (key, value) =>
    key === 'values' && value?.[0]?.table !== undefined ? tables[value[0].table] : value,
  );
  return words ? { ...figure, title: { ...figure.title, ...words } } : figure;
}

function wordsOf({ text, subtitle }: Title): Title {
  return subtitle === undefined ? { text } : { text, subtitle };
}

async function compiledForm(form: string): Promise<string> {
  const before = compiled.get(form);
  if (before !== undefined) return before;
  const cache = userContentCache();
  const name = cache?.nameOf('figure', form);
  const kept = name && cache!.read(name, (entry) => Buffer.from(entry.next()).toString('utf8'));
  const figure = kept || JSON.stringify((await import('vega-lite')).compile(JSON.parse(form)).spec);
  if (name && !kept) cache!.write(name, [Buffer.from(figure)]);
  compiled.set(form, figure);
  return figure;
}
