import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { edgemlsim } from './program.ts';

/** 2 x 6 + 2 parameters in 8 bytes each: 112 bytes a vector. Three windows, each pushed and pulled. */
const config = `name: drawn
tree: [1, 2, 4]
mobility: { model: static }
rounds: { mode: hierarchical, bytesPerParameter: 8 }
windows: { items: 10, count: 3 }
layers:
  cloud: { collect: each }
  edge: { collect: each, link: { bandwidthMbps: 5, down: { bandwidthMbps: 50 } } }
  worker: { memoryMb: 2, nodes: { worker-4: { speedMflops: 7 } } }
data: { dataset: { name: synthetic, features: 6, classes: 2, trainItems: 60, testItems: 60 }, owners: workers, batchSize: 5 }
model: { layers: [6, 2] }
`;

function written(text: string): { file: string; svg: string } {
  const folder = temporaryFolder('topology');
  const file = join(folder, 'drawn.yaml');
  writeFileSync(file, text);
  return { file, svg: join(folder, 'tree.svg') };
}

test('a tree is shown as text, as JSON and as a picture, with the bytes that its links will carry', async () => {
  const { file, svg } = written(config);
  const text = await edgemlsim('topology', file, '--svg', svg);
  expect([text.code, text.stderr]).toEqual([0, '']);
  const rows = text.stdout.split('\n').map((line) => line.trim().split(/\s{2,}/));
  expect(rows[0]).toEqual(
    expect.arrayContaining(['node', 'parent', 'layer', 'Mbit/s', 'up', 'down']),
  );
  const ids = ['cloud', 'edge-1', 'worker-1', 'worker-2', 'edge-2', 'worker-3', 'worker-4'];
  expect(rows.map(([id]) => id)).toEqual(expect.arrayContaining(ids));
  // 6 merges of an edge server, 112 bytes each.
  expect(rows.find(([id]) => id === 'edge-1')).toEqual(
    expect.arrayContaining(['cloud', '5/50', '0.000672 MB']),
  );

  const { nodes, warnings } = JSON.parse((await edgemlsim('topology', file, '--json')).stdout);
  expect(warnings).toEqual([]);
  const exactly = (count: number) => ({ least: count, most: count });
  const both = (count: number) => ({ up: exactly(count), down: exactly(count) });
  const edge = nodes.find(({ id }: { id: string }) => id === 'edge-2');
  expect(edge).toMatchObject({ parent: 'cloud', level: 1, transfers: both(6), bytes: both(672) });
  const worker = nodes.find(({ id }: { id: string }) => id === 'worker-4');
  expect(worker).toMatchObject({
    ...{ parent: 'edge-2', level: 2, speedMflops: 7, memoryMb: 2, vectorBytes: 112 },
    ...{ transfers: both(3), bytes: both(336) },
  });

  const picture = readFileSync(svg, 'utf8');
  expect(picture).toMatch(/^<svg/);
  for (const id of ids) expect(picture).toContain(`>${id}<`);
  expect(picture).toContain('5/50 Mbit/s');
});

test('a tree that this machine cannot hold is shown with a warning', async () => {
  // 20 000 nodes with two vectors of nine million parameters each: 1.4 TB.
  const { file } = written(
    config
      .replace('[1, 2, 4]', '[1, 2, 20000]')
      .replace('[6, 2]', '[6, 1000000, 2]')
      .replace('trainItems: 60', 'trainItems: 20000')
      .replace('worker-4', 'worker-00004'),
  );
  const { code, stderr } = await edgemlsim('topology', file, 'layers.worker.memoryMb=1000');
  expect(code).toBe(0);
  expect(stderr).toMatch(/the models of 20003 nodes need \d+\.\d GB of memory; .* are free/);
});

test('a node that cannot hold its model is refused by name, with what it needs', async () => {
  const { file } = written(config);
  const small = 'layers.worker.nodes.worker-4.memoryMb=0.0001';
  const { code, stderr } = await edgemlsim('topology', file, small);
  expect(code).toBe(3);
  expect(stderr).toContain('layers.worker.nodes.worker-4.memoryMb: worker-4 needs at least');
});

test('rounds of one model have no such tree', async () => {
  const { code, stderr } = await edgemlsim('topology', 'configs/quick.yaml');
  expect(code).toBe(3);
  expect(stderr).toContain('no tree of models');
});
