import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { simulatedSchemas } from '#src/journal/simulated-schemas.js';

it('docs/journal.md has a row for every simulated event', () => {
  const page = readFileSync('docs/journal.md', 'utf8');
  const table = page.slice(page.indexOf('## Simulated events'), page.indexOf('## What is inside'));
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...row.split(' | ')[0]!.matchAll(/`([^`]+)`/g)]);
  const schemas = simulatedSchemas({ object: z.object, name: z.string() });
  const types = [...schemas.ofNodes, ...schemas.others].map((each) => each.shape.type.value);
  expect(named.map(([, type]) => type).sort()).toEqual(types.sort());
});
