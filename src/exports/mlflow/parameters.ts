import type { Named } from './batches.ts';

/** Limit of MLflow for the length of one parameter. */
const MOST_CHARACTERS = 6000;

/** The values of a resolved config by their paths; a list is one value, as JSON. */
export function configParameters(config: object, path = ''): Named[] {
  return Object.entries(config).flatMap(([key, value]: [string, unknown]) => {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return configParameters(value, here);
    }
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return { key: keyText(here), value: text.slice(0, MOST_CHARACTERS) };
  });
}

/** Keys of MLflow hold letters, digits, spaces and _ - . : / only, and are no longer than this. */
export function keyText(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}_\-.:/ ]/gu, '_').slice(0, 250);
}
