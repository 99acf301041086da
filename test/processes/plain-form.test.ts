import { describe, expect, it } from 'vitest';
import { fromPlainForm, toPlainForm } from '#src/processes/plain-form.js';

describe('the plain form', () => {
  it('carries maps, sets and whole numbers through JSON, however deep they lie', () => {
    const value = {
      name: 'a',
      none: null,
      list: [1, new Set(['x', 'y'])],
      links: new Map([['edge', { loss: 0.5, who: new Set<string>() }]]),
      items: new Map([['region', Uint32Array.of(3, 4_000_000_000)]]),
      empty: new Map(),
    };
    const text = JSON.stringify(toPlainForm(value));
    expect(fromPlainForm(JSON.parse(text))).toEqual(value);
  });

  it('leaves functions out', () => {
    const plain = toPlainForm({ rate: () => 1, inside: { rate: Math.sqrt, name: 'b' } });
    expect(plain).toEqual({ inside: { name: 'b' } });
  });
});
