import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { InputError, type Problem } from '#src/errors.js';
import { type CsvSpec, loadCsv } from '#src/learning/datasets/csv.js';
import { loadDataset } from '#src/learning/datasets/load.js';

const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

const load = (spec: Partial<CsvSpec>) =>
  loadCsv({ name: 'csv', train: 'train.csv', test: 'test.csv', target: 'y', ...spec }, folder);

/** Both files alike: their problems are those of the first that is read. */
async function problemsOf(text: string | Uint8Array, spec: Partial<CsvSpec> = {}) {
  write('bad.csv', text);
  try {
    await load({ train: 'bad.csv', test: 'bad.csv', ...spec });
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

const where = ({ place }: Problem) => `${place?.line}:${place?.column}`;

write('train.csv', 'a,y,b\n1,10,5\n3,20,5\n');
write('test.csv', 'b,y,a\n6,-1e1,2\n');

describe('a csv dataset', () => {
  test('has all columns but the target as inputs, by name and not by place', async () => {
    const { splits, ...data } = await load({ standardise: false });
    expect(data).toMatchObject({ name: 'csv', features: 2, classes: null, outputs: 1 });
    expect(splits.train).toMatchObject({ items: 2, scale: 1 });
    expect(splits.train.inputs).toEqual(Float32Array.of(1, 5, 3, 5));
    expect(splits.train.targets).toEqual(Float32Array.of(10, 20));
    expect(splits.test.inputs).toEqual(Float32Array.of(2, 6));
    expect(splits.test.targets).toEqual(Float32Array.of(-10));
    expect(splits.validation.items).toBe(0);
  });

  test('takes mean and deviation of the train items from all', async () => {
    const { splits } = await load({});
    // a: mean 2, deviation 1. b is 5 in all of them: only its mean is taken away.
    expect(splits.train.inputs).toEqual(Float32Array.of(-1, 0, 1, 0));
    expect(splits.test.inputs).toEqual(Float32Array.of(0, 1));
    expect(splits.train.targets).toEqual(Float32Array.of(10, 20));
  });

  test('has the columns as inputs that are asked for, in that order', async () => {
    const { splits } = await load({ inputs: ['b', 'a'], standardise: false });
    expect(splits.train.inputs).toEqual(Float32Array.of(5, 1, 5, 3));
  });

  test('may have several targets', async () => {
    const { splits, ...data } = await load({ target: ['b', 'y'], standardise: false });
    expect(data).toMatchObject({ features: 1, outputs: 2 });
    expect(splits.train.targets).toEqual(Float32Array.of(5, 10, 5, 20));
  });

  test('has labels by number or by name', async () => {
    write('labels.csv', 'x,y\n1,0\n2,2\n');
    const numbered = await load({ train: 'labels.csv', test: 'labels.csv', classes: 3 });
    expect(numbered).toMatchObject({ classes: 3, outputs: 3 });
    expect(numbered.splits.train.targets).toEqual(Uint8Array.of(0, 2));
    write('names.csv', 'x,y\n1,"night, wet"\n2, day \n');
    const named = await load({
      train: 'names.csv',
      test: 'names.csv',
      classes: ['day', 'night, wet'],
    });
    expect(named).toMatchObject({ classes: 2, outputs: 2 });
    expect(named.splits.train.targets).toEqual(Uint8Array.of(1, 0));
  });

  test('draws a share of the train items as test items, once for all seeds of runs', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i},${2 * i}`);
    write('hundred.csv', `x,y\n${rows.join('\n')}\n`);
    const draw = (seed?: number) =>
      load({ train: 'hundred.csv', test: 0.3, standardise: false, ...(seed && { seed }) });
    const { splits, sha256 } = await draw();
    expect([splits.train.items, splits.test.items]).toEqual([70, 30]);
    const all = [...splits.train.inputs, ...splits.test.inputs].sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 100 }, (_, i) => i));
    for (const { inputs, targets } of [splits.train, splits.test]) {
      expect(targets).toEqual(inputs.map((x) => 2 * x));
    }
    expect((await draw()).sha256).toBe(sha256);
    expect((await draw(2)).sha256).not.toBe(sha256);
  });

  test('reads the same from any way to write it: quotes, CRLF, a byte order mark, gzip', async () => {
    const { sha256 } = await load({});
    write('quoted.csv', '\ufeff"a","y","b"\r\n"1","10","5"\r\n\r\n 3 ,+20,5.0');
    write('train.csv.gz', gzipSync('a,y,b\n1,10,5\n3,20,5\n'));
    expect((await load({ train: 'quoted.csv' })).sha256).toBe(sha256);
    expect((await load({ train: 'train.csv.gz' })).sha256).toBe(sha256);
    const spec = { name: 'csv', train: 'train.csv', test: 'test.csv', target: 'y' } as const;
    expect((await loadDataset(spec, folder)).sha256).toBe(sha256);
  });

  test('has the numbers that were written, whatever they are', async () => {
    // A zero is written without its sign.
    const number = fc.double({ noNaN: true, min: -1e30, max: 1e30 }).map((x) => x || 0);
    const rows = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(rows, async (values) => {
        write('any.csv', `x,y\n${values.map((row) => row.join(',')).join('\n')}`);
        const spec = { train: 'any.csv', test: 'any.csv', standardise: false };
        const { train } = (await load(spec)).splits;
        expect(train.inputs).toEqual(Float32Array.from(values, ([x]) => x));
        expect(train.targets).toEqual(Float32Array.from(values, ([, y]) => y));
      }),
      { numRuns: 50 },
    );
  });
});

describe('a csv file is refused', () => {
  test('with the place of each field that is no number', async () => {
    const problems = await problemsOf('a,y\n1,2\n"two",3\n4,\n5,0x10\n6,1e999\n');
    expect(problems.map((each) => `${where(each)} ${each.found}`)).toEqual([
      '3:1 "two" in column a',
      '4:3 an empty field in column y',
      '5:3 "0x10" in column y',
      '6:3 "1e999" in column y',
    ]);
    expect(problems[0]?.advice).toEqual(['expected a number']);
  });

  test('with the right place behind line breaks in quotes, after a byte order mark', async () => {
    const problems = await problemsOf('\ufeffnote,y,x\r\n"two\r\nlines, ""here""",1,oops\r\n', {
      inputs: ['x'],
    });
    expect(problems.map((each) => `${where(each)} ${each.found}`)).toEqual([
      '3:20 "oops" in column x',
    ]);
  });

  test('for a column that is not there, with the nearest name', async () => {
    const [problem] = await problemsOf('speed,rain\n1,2\n', { target: 'sped' });
    expect(problem).toMatchObject({ found: 'no column "sped"', place: { line: 1 } });
    expect(problem?.advice).toContain('did you mean "speed"?');
    const [separated] = await problemsOf('x;y\n1;2\n');
    expect(separated?.advice).toContain('fields are separated by commas');
  });

  test('for a column that comes twice', async () => {
    const [problem] = await problemsOf('x,y,x\n1,2,3\n');
    expect(`${where(problem!)} ${problem!.found}`).toBe('1:5 a second column "x"');
  });

  test.each([
    ['an input and a target', { inputs: ['x', 'y'] }],
    ['named twice', { inputs: ['x', 'x'] }],
    ['named twice', { inputs: ['x'], target: ['y', 'y'] }],
  ])('for a column that is %s', async (what, spec) => {
    const [problem] = await problemsOf('x,y\n1,2\n', spec);
    expect(problem?.found).toMatch(new RegExp(`^column "[xy]" is ${what}$`));
  });

  test('for lines with too few or too many fields', async () => {
    const problems = await problemsOf('x,y\n1\n1,2,3\n1,2\n');
    expect(problems.map(({ place, found }) => `${place?.line} ${found}`)).toEqual([
      '2 1 field in a line',
      '3 3 fields in a line',
    ]);
    expect(problems[0]?.advice).toEqual(['the header has 2']);
  });

  test('when it is empty, has no rows, or is not there', async () => {
    expect((await problemsOf(''))[0]?.found).toBe('the file is empty');
    expect((await problemsOf('x,y\n'))[0]?.found).toBe('a header and no rows');
    expect((await problemsOf('x,y\n1,2\n', { train: 'none.csv' }))[0]?.found).toContain(
      'there is no such file',
    );
    expect((await problemsOf('y\n1\n'))[0]?.found).toBe('no column is left as an input');
  });

  test('for a quote that is never closed', async () => {
    const [problem] = await problemsOf('x,y\n"1,2\n');
    expect(`${problem?.place?.line} ${problem?.found}`).toBe('2 quoted field unterminated');
  });

  test('for a label outside of its classes', async () => {
    const [problem] = await problemsOf('x,y\n1,3\n', { classes: 3 });
    expect(problem).toMatchObject({
      found: '"3" in column y',
      advice: ['expected a class from 0 to 2'],
    });
    const [named] = await problemsOf('x,y\n1,dya\n', { classes: ['day', 'night'] });
    expect(named?.advice).toEqual(['expected one of: day, night']);
  });

  test('after ten problems, without all that follow', async () => {
    expect(await problemsOf(`x,y\n${'a,b\n'.repeat(500)}`)).toHaveLength(10);
  });
});
