import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { edgemlsim } from './program.ts';

/** sumo-scenarios/crossing/README.md has its contacts. */
test('scenario inspect takes a config, and writes its contacts and its map', async () => {
  const folder = temporaryFolder('scenario');
  const [contacts, map] = [join(folder, 'contacts.csv'), join(folder, 'map.svg')];
  const { stdout, code } = await edgemlsim(
    ...['scenario', 'inspect', 'configs/crossing.yaml', '--json'],
    ...['--contacts', contacts, '--map', map],
  );
  expect(code).toBe(0);
  const { sites, together } = JSON.parse(stdout);
  // sumo-scenarios/crossing/README.md: six contacts of left, four of right.
  expect(sites.map((site: { contacts: number }) => site.contacts)).toEqual([6, 4]);
  expect(together).toMatchObject([{ rangeM: null, contactS: { count: 10, leastS: 0.5 } }]);
  const rows = readFileSync(contacts, 'utf8').trim().split('\n');
  expect(rows[0]).toBe('entity,kind,site,range_m,enter_s,leave_s,duration_s');
  const durations = rows.slice(1).flatMap((row) => {
    const cells = row.split(',');
    return cells[2] === 'left' ? [Number(cells[6])] : [];
  });
  expect(durations.sort((a, b) => a - b)).toEqual([0.5, 1, 2.5, 8, 10, 25]);
  expect(readFileSync(map, 'utf8')).toContain('>right<');
});
