import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { simulatedSchemas } from '#src/journal/simulated-schemas.js';
import { documentedEvents, eventsPage } from '../../tools/events-page.ts';

const schemas = simulatedSchemas({ object: z.object, name: z.string() });
const simulated = [...schemas.ofNodes, ...schemas.others].map(({ shape }) => {
  const { type, ...fields } = shape;
  return { type: type.value, fields: Object.keys(fields).sort() };
});

it('docs/journal.md has a row for every simulated event', () => {
  const page = readFileSync('docs/journal.md', 'utf8');
  const table = page.slice(page.indexOf('## Simulated events'), page.indexOf('## What is inside'));
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...row.split(' | ')[0]!.matchAll(/`([^`]+)`/g)]);
  expect(named.map(([, type]) => type).sort()).toEqual(simulated.map(({ type }) => type).sort());
});

it('docs/events.md is that of the events (npm run docs)', () => {
  expect(readFileSync('docs/events.md', 'utf8')).toBe(eventsPage());
});

it('docs/events.md explains every event, with the fields that its schema has', () => {
  const documented = documentedEvents('SimulatedEvent');
  expect(documented.filter(({ text }) => text === '').flatMap(({ types }) => types)).toEqual([]);
  const shown = documented.flatMap(({ types, fields }) =>
    types.map((type) => ({ type, fields: fields.map(({ name }) => name.replace('?', '')).sort() })),
  );
  const byType = (a: { type: string }, b: { type: string }) => (a.type < b.type ? -1 : 1);
  expect(shown.sort(byType)).toEqual(simulated.sort(byType));
  const ofHost = documentedEvents('HostEvent');
  expect(ofHost.filter(({ text }) => text === '')).toEqual([]);
  // Of an intersection of types, too.
  const resumed = ofHost.find(({ types }) => types[0] === 'resumed')!;
  const names = resumed.fields.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['fromEvent', 'threads', 'leftOut?']));
});
