import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownedDataLines } from '#src/report/data/owned-data.js';
import { fileWith, validConfig } from '../config/config-in-folder.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { edgemlsim } from './program.ts';

test('data lists what each region owns, writes it and draws it', async () => {
  const folder = temporaryFolder('data');
  const [csv, svg] = [join(folder, 'data.csv'), join(folder, 'data.svg')];
  // 10 labels of 200 items: five for each region.
  const file = fileWith(validConfig);
  const { code, stdout, stderr } = await edgemlsim(
    ...['data', file, 'data.partition=disjoint-by-label', '--csv', csv, '--svg', svg],
  );
  expect([code, stderr]).toEqual([0, '']);
  const rows = stdout.split('\n').filter((line) => /^(left|right) /.test(line));
  expect(rows.map((row) => row.split(/\s+/).slice(0, 3))).toEqual([
    ['left', expect.stringMatching(/^\d+$/), '5'],
    ['right', expect.stringMatching(/^\d+$/), '5'],
  ]);
  const [header, ...lines] = readFileSync(csv, 'utf8').trimEnd().split('\n');
  expect(header).toMatch(/^owner,items,labels,largest_share,distance,label0,.*,label9$/);
  const counts = lines.map((line) => line.split(',').slice(5).map(Number));
  for (const [label, count] of counts[0]!.entries()) {
    // No label has two owners, and none is lost.
    expect(Math.min(count, counts[1]![label]!)).toBe(0);
  }
  expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(2000);
  expect(readFileSync(svg, 'utf8')).toContain('disjoint-by-label');
});

test('a label mix is as far from that of all as worked out by hand', () => {
  // Of all 8 items each label has a half. The first: 3/4 and 1/4, the distance (1/4 + 1/4) / 2.
  const lines = ownedDataLines([
    { owner: 'a', items: 4, labels: [3, 1] },
    { owner: 'b', items: 4, labels: [1, 3] },
  ]);
  expect(lines[0]).toMatchObject({ distinct: 2, largestShare: 0.75, distance: 0.25 });
  const apart = ownedDataLines([
    { owner: 'a', items: 1, labels: [1, 0] },
    { owner: 'b', items: 3, labels: [0, 3] },
  ]);
  // Of all, a quarter and three quarters: |1 - 1/4| and |0 - 3/4|, halved.
  expect(apart[0]).toMatchObject({ distinct: 1, largestShare: 1, distance: 0.75 });
  expect(ownedDataLines([{ owner: 'a', items: 3, labels: null }])[0]).toMatchObject({
    distance: null,
  });
});
