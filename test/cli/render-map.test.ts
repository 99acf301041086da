import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileWith, validConfig } from '../config/config-in-folder.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { edgemlsim } from './program.ts';

test('scenario render draws servers, their ranges and ways of entities', async () => {
  const out = join(temporaryFolder('map'), 'map.svg');
  const { code, stderr } = await edgemlsim(
    ...['scenario', 'render', fileWith(validConfig), '--out', out, '--trails', '2'],
  );
  expect([code, stderr]).toEqual([0, '']);
  const svg = readFileSync(out, 'utf8');
  for (const server of ['left', 'right']) expect(svg).toContain(`>${server}</text>`);
  // A range and a mark for each of the two servers; ways of two cars, and of the only pedestrian.
  expect(svg.match(/<circle/g)).toHaveLength(4);
  expect(svg.match(/<polyline/g)).toHaveLength(3);
  expect(svg).not.toMatch(/NaN|undefined/);
});
