import { execFile } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { writeGivenFile } from '#src/write-given-file.js';
import { temporaryFolder } from './temporary-folder.ts';

test('a file is written, packed where its name says so, with the permissions of the one before', async () => {
  const folder = temporaryFolder('given');
  const [plain, packed] = [join(folder, 'a.csv'), join(folder, 'a.csv.gz')];
  writeFileSync(plain, 'before', { mode: 0o600 });
  await writeGivenFile(plain, ['one\n', 'two\n']);
  await writeGivenFile(packed, 'one\n');
  expect(readFileSync(plain, 'utf8')).toBe('one\ntwo\n');
  expect(gunzipSync(readFileSync(packed)).toString()).toBe('one\n');
  expect(statSync(plain).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).sort()).toEqual(['a.csv', 'a.csv.gz']);
});

test('what fails half way leaves the file before, and nothing else', async () => {
  const folder = temporaryFolder('half');
  const file = join(folder, 'a.csv');
  writeFileSync(file, 'before');
  const failing = function* () {
    yield 'x'.repeat(1 << 20);
    throw new Error('no more');
  };
  await expect(writeGivenFile(file, failing())).rejects.toThrow('no more');
  await expect(writeGivenFile(join(folder, 'new.csv.gz'), failing())).rejects.toThrow('no more');
  expect(readFileSync(file, 'utf8')).toBe('before');
  expect(readdirSync(folder)).toEqual(['a.csv']);
});

test('behind a link the file is replaced, and the link stays, also one to nothing yet', async () => {
  const folder = temporaryFolder('linked');
  const [target, link] = [join(folder, 'target'), join(folder, 'link')];
  symlinkSync('target', link);
  await writeGivenFile(link, 'first');
  expect(readFileSync(target, 'utf8')).toBe('first');
  await writeGivenFile(link, 'second');
  expect(readFileSync(target, 'utf8')).toBe('second');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(['link', 'target']);
});

test.skipIf(process.platform === 'win32')('a pipe stays a pipe', async () => {
  const pipe = join(temporaryFolder('piped'), 'pipe');
  await promisify(execFile)('mkfifo', [pipe]);
  const reading = promisify(execFile)('cat', [pipe]);
  await writeGivenFile(pipe, 'through');
  expect((await reading).stdout).toBe('through');
  expect(lstatSync(pipe).isFIFO()).toBe(true);
});

test('what is refused has the path that was given', async () => {
  const folder = temporaryFolder('refused');
  const missing = join(folder, 'none', 'a.csv');
  mkdirSync(join(folder, 'b.csv'));
  await expect(writeGivenFile(missing, 'x')).rejects.toMatchObject({ path: missing });
  const file = join(folder, 'b.csv');
  await expect(writeGivenFile(file, 'x')).rejects.toMatchObject({ path: file, code: 'EISDIR' });
  expect(existsSync(`${file}.partial`)).toBe(false);
});
