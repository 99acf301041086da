import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '#src/errors.js';
import { loadIdx } from '#src/learning/datasets/idx.js';
import { loadDataset } from '#src/learning/datasets/load.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgemlsim-idx-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** An IDX file whose elements count up from 0, modulo `modulus`. */
function idx(shape: number[], modulus = 251): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 + shape.length);
  for (const [index, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * index);
  const length = shape.reduce((product, size) => product * size, 1);
  return Buffer.concat([header, Buffer.from(Array.from({ length }, (_, i) => i % modulus))]);
}

const goodFiles: Record<string, Buffer> = {
  'train-images-idx3-ubyte': idx([12, 2, 3]),
  'train-labels-idx1-ubyte': idx([12], 10),
  't10k-images-idx3-ubyte': idx([4, 2, 3]),
  't10k-labels-idx1-ubyte': idx([4], 10),
};

async function write(changes: Record<string, Buffer | undefined> = {}): Promise<void> {
  for (const [name, bytes] of Object.entries({ ...goodFiles, ...changes })) {
    if (bytes) await writeFile(join(folder, name), bytes);
  }
}

async function problemOf(load: () => Promise<unknown>): Promise<string> {
  const error = await load().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message.replaceAll(folder, 'FOLDER');
}

const load = () => loadDataset({ name: 'idx', folder: '.' }, folder);

test('five sixths of the train files are for training, the rest for validation', async () => {
  await write();
  const data = await load();
  expect([data.features, data.classes]).toEqual([6, 10]);
  expect(data.splits.train.items).toBe(10);
  expect(Array.from(data.splits.validation.targets)).toEqual([0, 1]);
  expect(Array.from(data.splits.validation.inputs.subarray(0, 3))).toEqual([60, 61, 62]);
  expect(data.splits.test.items).toBe(4);
});

test('packed files and dotted names hold the same data', async () => {
  await write();
  const plain = await load();
  await rm(folder, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), 'edgemlsim-idx-'));
  for (const [name, bytes] of Object.entries(goodFiles)) {
    await writeFile(join(folder, `${name.replace('-idx', '.idx')}.gz`), gzipSync(bytes));
  }
  expect(await load()).toEqual(plain);
});

test('the number of classes can be given', async () => {
  await write({ 'train-labels-idx1-ubyte': idx([12], 12) });
  expect((await loadDataset({ name: 'idx', folder, classes: 12 }, '/')).classes).toBe(12);
});

describe('bad input is distinguished', () => {
  test.skipIf(process.platform === 'win32')(
    'a pipe and a device, which may have no end',
    async () => {
      await write({ 't10k-labels-idx1-ubyte': undefined });
      const file = join(folder, 't10k-labels-idx1-ubyte');
      await symlink('/dev/zero', file);
      const load = () => loadIdx('small', folder, 10);
      expect(await problemOf(load)).toContain('a pipe or device, not a file');
      await rm(file);
      execFileSync('mkfifo', [file]);
      expect(await problemOf(load)).toContain('a pipe or device, not a file');
    },
  );

  test('a folder that does not exist', async () => {
    expect(await problemOf(() => loadIdx('idx', join(folder, 'no'), 10))).toBe(
      'FOLDER/no: no such folder\n  expected a folder with the four IDX files of a dataset',
    );
  });

  test('missing files, all at once, with the names that were looked for', async () => {
    await write({ 'train-images-idx3-ubyte': undefined, 't10k-labels-idx1-ubyte': undefined });
    const message = await problemOf(load);
    expect(message).toContain('FOLDER: the train-images file is missing\n  looked for ');
    expect(message).toContain('t10k-labels-idx1-ubyte, t10k-labels.idx1-ubyte, ');
    expect(message).not.toContain('train-labels');
  });

  test('images where labels belong', async () => {
    await write({ 'train-labels-idx1-ubyte': idx([12, 2, 3]) });
    expect(await problemOf(load)).toBe(
      'FOLDER/train-labels-idx1-ubyte: begins with 0x00000803, expected 0x00000801\n' +
        '  expected an IDX file of bytes with 1 dimension\n' +
        '  this file holds images, not labels',
    );
  });

  test('a packed file without .gz in its name', async () => {
    await write({ 'train-images-idx3-ubyte': gzipSync(idx([12, 2, 3])) });
    expect(await problemOf(load)).toContain('packed with gzip: let its name end in .gz');
  });

  test.each([
    ['empty', idx([12, 2, 3]).subarray(0, 0), 'not an IDX file: it is shorter than 4 bytes'],
    ['cut in its header', idx([12, 2, 3]).subarray(0, 9), 'ends inside its header, after 9 of 16'],
    ['truncated', idx([12, 2, 3]).subarray(0, 80), 'holds 64 bytes of data, its header says 72'],
    ['too long', Buffer.concat([idx([12, 2, 3]), Buffer.alloc(1)]), 'holds 73 bytes of data'],
    ['without pixels', idx([12, 0, 3]), 'holds 12 images of 0 x 3 pixels'],
  ])('a file that is %s', async (_, bytes, found) => {
    await write({ 'train-images-idx3-ubyte': bytes });
    expect(await problemOf(load)).toContain(`FOLDER/train-images-idx3-ubyte: ${found}`);
  });

  test('a folder in the place of a file', async () => {
    await write({ 't10k-labels-idx1-ubyte': undefined });
    await mkdir(join(folder, 't10k-labels-idx1-ubyte'));
    expect(await problemOf(load)).toContain('t10k-labels-idx1-ubyte: a folder, not a file');
  });

  test('a packed file that ends early', async () => {
    const packed = gzipSync(idx([12, 2, 3]));
    await write({
      'train-images-idx3-ubyte': undefined,
      'train-images-idx3-ubyte.gz': packed.subarray(0, packed.length - 9),
    });
    expect(await problemOf(load)).toContain('idx3-ubyte.gz: cannot be unpacked: unexpected end');
  });

  test('a packed file that unpacks to far more than its header promises', async () => {
    const much = Buffer.concat([idx([12, 2, 3]), Buffer.alloc(64 * 2 ** 20)]);
    await write({
      'train-images-idx3-ubyte': undefined,
      'train-images-idx3-ubyte.gz': gzipSync(much),
    });
    expect(await problemOf(load)).toContain(
      'idx3-ubyte.gz: holds far more than its header promises, 72 bytes of data (12 x 2 x 3)',
    );
  });

  test('a file whose header promises more than is read', async () => {
    const header = idx([12, 2, 3]);
    header.writeUInt32BE(2 ** 20, 4);
    header.writeUInt32BE(2 ** 12, 8);
    const promise = `its header promises ${3 * 2 ** 32} bytes of data (1048576 x 4096 x 3)`;
    for (const [ending, bytes] of Object.entries({ '': header, '.gz': gzipSync(header) })) {
      const name = 'train-images-idx3-ubyte';
      await write({ [name]: undefined, [`${name}${ending}`]: bytes });
      expect(await problemOf(load)).toContain(`${name}${ending}: ${promise}`);
      await rm(join(folder, `${name}${ending}`));
    }
  });

  test('another count of labels than of images', async () => {
    await write({ 't10k-labels-idx1-ubyte': idx([5], 10) });
    expect(await problemOf(load)).toContain('holds 5 labels\n  t10k-images-idx3-ubyte holds 4');
  });

  test('a label that is no class', async () => {
    await write({ 'train-labels-idx1-ubyte': idx([12], 11) });
    expect(await problemOf(load)).toContain('item 10 has the label 10\n  expected 0 to 9');
  });

  test('test images of another size than the train images', async () => {
    await write({ 't10k-images-idx3-ubyte': idx([4, 3, 3]) });
    expect(await problemOf(load)).toContain('holds images of 3 x 3 pixels');
  });

  test('a file that is not the published one', async () => {
    await write();
    const hashes = {
      'train-images': 'a'.repeat(64),
      'train-labels': 'a'.repeat(64),
      't10k-images': 'a'.repeat(64),
      't10k-labels': 'a'.repeat(64),
    };
    const message = await problemOf(() => loadIdx('mnist', folder, 10, hashes));
    expect(message.match(/not the published file/g)).toHaveLength(4);
  });
});
