import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadDataset } from '#src/learning/datasets/load.js';
import { packageVersion } from '#src/package-version.js';
import { FailureList } from '#src/study/failure-list.js';
import { configHash } from '#src/study/run-differences.js';
import { type RunState, stateOf } from '#src/study/study-state.js';
import { temporaryFolder } from '../config/config-in-folder.ts';

type DatasetSpec = Parameters<typeof loadDataset>[0];

const IDX_MAGIC = 0x0800;

/** An IDX file of zeros but for its last element. */
function idx(shape: number[], last: number): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  for (const [index, word] of [IDX_MAGIC + shape.length, ...shape].entries()) {
    header.writeUInt32BE(word, 4 * index);
  }
  const values = Buffer.alloc(shape.reduce((product, size) => product * size, 1));
  values[values.length - 1] = last;
  return Buffer.concat([header, values]);
}

function idxFolder(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'train-images-idx3-ubyte'), idx([12, 2, 3], 7));
  writeFileSync(join(folder, 'train-labels-idx1-ubyte'), idx([12], 1));
  writeFileSync(join(folder, 't10k-images-idx3-ubyte'), idx([4, 2, 3], 7));
  writeFileSync(join(folder, 't10k-labels-idx1-ubyte'), idx([4], 1));
  return folder;
}

function moduleThatReads(rows: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'rows.json'), rows);
  const file = join(folder, 'own.js');
  writeFileSync(
    file,
    `import { readFileSync } from 'node:fs';
export default {
  name: 'own',
  load: (_, { folder }) => {
    const some = JSON.parse(readFileSync(folder + '/rows.json', 'utf8'));
    return { classes: 2, train: some, test: some };
  },
};
`,
  );
  return file;
}

/** State that a study finds of a run on a dataset that had that hash, and has come to its end. */
function stateOfRun(dataset: DatasetSpec, sha256: string): Promise<RunState> {
  const studyDir = temporaryFolder();
  const runDir = join(studyDir, 'mean/seed-1');
  mkdirSync(runDir, { recursive: true });
  const config = { seed: 1, data: { dataset } };
  const inputs = { config: '', trace: null, dataset: sha256, files: {} };
  const files = {
    'config.resolved.yaml': stringify(config),
    'provenance.json': JSON.stringify({ version: packageVersion(), inputs }),
    'journal.jsonl': '',
    'status.json': JSON.stringify({ status: 'done' }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(runDir, name), text);
  const place = { folder: 'mean/seed-1', config: configHash(config) };
  return stateOf(place, studyDir, new FailureList(studyDir));
}

const hashOf = async (dataset: DatasetSpec) => (await loadDataset(dataset, '.')).sha256;

test('a run on IDX files that have changed since is not this run; packed ones are the same', async () => {
  const folder = idxFolder();
  const dataset = { name: 'idx', folder, classes: 10 } as const;
  const before = await hashOf(dataset);
  for (const name of readdirSync(folder)) {
    writeFileSync(join(folder, `${name}.gz`), gzipSync(readFileSync(join(folder, name))));
    rmSync(join(folder, name));
  }
  expect(await stateOfRun(dataset, before)).toEqual({ kind: 'completed' });

  const other = idxFolder();
  writeFileSync(join(other, 't10k-labels-idx1-ubyte'), idx([4], 2));
  expect(await stateOfRun({ ...dataset, folder: other }, before)).toEqual({
    kind: 'foreign',
    why: `holds a run of other data: ${other} has changed since`,
  });
});

test('so is a run on data that a file of the user’s reads from elsewhere, or cannot read now', async () => {
  const rows = '{ "items": [[1], [2]], "targets": [0, 1] }';
  const path = moduleThatReads(rows);
  const before = await hashOf({ name: 'module', path });
  expect(await stateOfRun({ name: 'module', path }, before)).toEqual({ kind: 'completed' });
  for (const changed of [rows.replace('[2]', '[3]'), 'torn']) {
    const own = moduleThatReads(changed);
    expect(await stateOfRun({ name: 'module', path: own }, before)).toEqual({
      kind: 'foreign',
      why: `holds a run of other data: what ${own} loads has changed since`,
    });
  }
});
