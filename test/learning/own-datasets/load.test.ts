import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { InputError } from '#src/errors.js';
import { loadModule } from '#src/learning/own-datasets/load.js';
import { OptionsRefused } from '#src/rules/running/load.js';

// Far from the project and from any node_modules.
const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-own-dataset-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const load = (path: string, options?: Record<string, unknown>) =>
  loadModule({ name: 'module', path, options }, folder);

/** A file whose load() gives this. */
const giving = (data: string) =>
  write('own.js', `export default { name: 'own', summary: '', load: () => (${data}) };`);

const problemOf = (data: string): Promise<string> =>
  load(giving(data)).then(
    () => 'none',
    (error: unknown) => (error instanceof InputError ? error.problems[0]!.found : `${error}`),
  );

const labelled = '{ items: [[1, 2], [3, 4]], targets: [0, 1] }';

describe("a user's own dataset", () => {
  test('in TypeScript, with options, random numbers, and files beside it', async () => {
    write('more.json', '[5]');
    write(
      'own.ts',
      `
      import { readFileSync } from 'node:fs';
      import { join } from 'node:path';
      import { defineDataset, randomSource, z, type OwnItems } from 'edgemlsim/datasets';
      const of = (x: number): OwnItems => ({ items: [[x]], targets: [2 * x] });
      export default defineDataset({
        name: 'double',
        summary: 'twice the input',
        options: z.object({ scale: z.number().default(2) }),
        load: async ({ scale }, { folder }) => ({
          classes: null,
          train: of(scale * randomSource(1).float()),
          test: of(JSON.parse(readFileSync(join(folder, 'more.json'), 'utf8'))[0]),
        }),
      });
    `,
    );
    const once = await load('own.ts');
    expect(once).toMatchObject({ name: 'double', features: 1, classes: null, outputs: 1 });
    const { train, test, validation } = once.splits;
    expect(train.targets[0]).toBe(2 * train.inputs[0]!);
    expect([test.inputs, test.targets]).toEqual([Float32Array.of(5), Float32Array.of(10)]);
    expect(validation.items).toBe(0);
    expect((await load('own.ts')).sha256).toBe(once.sha256);
    const other = await load('own.ts', { scale: 4 });
    expect(other.splits.train.inputs[0]).toBe(2 * train.inputs[0]!);
    expect(other.sha256).not.toBe(once.sha256);
  });

  test('in JavaScript, with classes and validation items', async () => {
    const data = await load(
      giving(
        `{ classes: 3, train: ${labelled}, test: ${labelled}, validation: { items: [Uint8Array.of(1, 9)], targets: [2] } }`,
      ),
    );
    expect(data).toMatchObject({ features: 2, classes: 3, outputs: 3 });
    expect(data.splits.train.targets).toEqual(Uint8Array.of(0, 1));
    expect(data.splits.validation.inputs).toEqual(Float32Array.of(1, 9));
  });

  test('may have rows of numbers as targets', async () => {
    const rows = '{ items: [[1], [2]], targets: [[3, 4], Float64Array.of(5, 6)] }';
    const data = await load(giving(`{ classes: null, train: ${rows}, test: ${rows} }`));
    expect(data.outputs).toBe(2);
    expect(data.splits.test.targets).toEqual(Float32Array.of(3, 4, 5, 6));
  });
});

describe("a user's own dataset is refused", () => {
  test.each([
    ['without classes', `{ train: ${labelled}, test: ${labelled} }`, 'classes is undefined'],
    ['without items', '{ classes: 2, test: {} }', 'train.items is empty'],
    ['without test items', `{ classes: 2, train: ${labelled} }`, 'test needs items and targets'],
    [
      'with rows of different lengths',
      `{ classes: 2, train: { items: [[1, 2], [3]], targets: [0, 1] }, test: ${labelled} }`,
      'train.items[1] is 1 long, the first one 2',
    ],
    [
      'with test rows of another length',
      `{ classes: 2, train: ${labelled}, test: { items: [[1]], targets: [0] } }`,
      'test.items[0] is 1 long, the first one 2',
    ],
    [
      'with something that is no number',
      `{ classes: 2, train: { items: [[1, 'x']], targets: [0] }, test: ${labelled} }`,
      'train.items[0][1] is x, expected a finite number',
    ],
    [
      'with NaN as a target',
      '{ classes: null, train: { items: [[1]], targets: [NaN] }, test: {} }',
      'train.targets[0] is NaN, expected a finite number',
    ],
    [
      'with a label that is no class',
      `{ classes: 2, train: { items: [[1, 2]], targets: [2] }, test: ${labelled} }`,
      'train.targets[0] is 2, expected 0 to 1',
    ],
    [
      'with more targets than items',
      `{ classes: 2, train: { items: [[1, 2]], targets: [0, 1] }, test: ${labelled} }`,
      'train has 1 items and 2 targets',
    ],
  ])('%s', async (_, data, problem) => {
    expect(await problemOf(data)).toContain(problem);
  });

  test('when it fails, saying why', async () => {
    write('fails.js', "export default { name: 'f', load() { throw new Error('no network'); } };");
    await expect(load('fails.js')).rejects.toThrow('dataset f fails: no network');
  });

  test('when it is no dataset, does not load or is not there', async () => {
    write('rule.js', "export default { name: 'rule', aggregate() {} };");
    await expect(load('rule.js')).rejects.toThrow('no dataset: the file must export one');
    write('broken.js', 'export default {');
    await expect(load('broken.js')).rejects.toThrow('the dataset file does not load');
    await expect(load('none.ts')).rejects.toThrow('no such dataset file');
  });

  test('with options that it does not know', async () => {
    await expect(load(giving('null'), { size: 3 })).rejects.toThrow(OptionsRefused);
  });
});
