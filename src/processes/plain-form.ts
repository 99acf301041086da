/** Values that JSON cannot carry, by a name of their own. */
type Tagged = { '#map': [unknown, unknown][] } | { '#set': unknown[] } | { '#numbers': number[] };

/** The same with maps, sets and arrays of whole numbers as JSON can carry them; without functions. */
export function toPlainForm(value: unknown): unknown {
  if (value instanceof Map) return { '#map': [...value].map(toPlainForm) };
  if (value instanceof Set) return { '#set': [...value].map(toPlainForm) };
  if (value instanceof Uint32Array) return { '#numbers': [...value] };
  if (Array.isArray(value)) return value.map(toPlainForm);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => typeof each !== 'function');
  return Object.fromEntries(entries.map(([key, each]) => [key, toPlainForm(each)]));
}

/** The argument of `toPlainForm`, functions left out. */
export function fromPlainForm(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromPlainForm);
  if (typeof value !== 'object' || value === null) return value;
  const tagged = value as Tagged;
  if ('#map' in tagged) return new Map(tagged['#map'].map(fromPlainForm) as [unknown, unknown][]);
  if ('#set' in tagged) return new Set(tagged['#set'].map(fromPlainForm));
  if ('#numbers' in tagged) return Uint32Array.from(tagged['#numbers']);
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, each]) => [key, fromPlainForm(each)]));
}
