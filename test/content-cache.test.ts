import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { ContentCache, type EntryReader } from '#src/content-cache.js';
import { temporaryFolder } from './temporary-folder.ts';

let folder: string;
let count = 0;
beforeEach(() => {
  folder = join(temporaryFolder('content-cache'), `${count++}`, 'inputs');
});

const bytesOf = (...records: string[]) => records.map((each) => Buffer.from(each));

/** As many records as there should be. */
function reading(records: number) {
  return (reader: EntryReader) =>
    Array.from({ length: records }, () => Buffer.from(reader.next()).toString());
}

it('gives back the records that were written, whatever their lengths', () => {
  const cache = new ContentCache(folder, '1');
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 3000 })), (records) => {
      const name = cache.nameOf('any', [1]);
      cache.write(name, records);
      const read = cache.read(name, (reader) => records.map(() => reader.next()));
      expect(read).toEqual(records);
    }),
    { numRuns: 30 },
  );
  // Longer than a piece that is read at once.
  const long = Buffer.alloc(3 * 2 ** 20 + 7, 'abc');
  cache.write('long', [...bytesOf('x'), long]);
  const read = cache.read('long', (reader) => [reader.next(), reader.next()]);
  expect(Buffer.from(read![1]!).equals(long)).toBe(true);
  expect(readdirSync(folder)).toHaveLength(2);
  // No other user reads it.
  expect(statSync(folder).mode & 0o077).toBe(0);
});

it('names an entry by its kind, its inputs and the program', () => {
  const name = new ContentCache(folder, '1').nameOf('trace', ['a', { b: 1 }]);
  expect(new ContentCache(folder, '1').nameOf('trace', ['a', { b: 1 }])).toBe(name);
  const others = [
    new ContentCache(folder, '2').nameOf('trace', ['a', { b: 1 }]),
    new ContentCache(folder, '1').nameOf('network', ['a', { b: 1 }]),
    new ContentCache(folder, '1').nameOf('trace', ['a', { b: 2 }]),
  ];
  expect(new Set([name, ...others]).size).toBe(4);
});

it('has no entry where one is cut short, changed or under another name, and writes it again', () => {
  const cache = new ContentCache(folder, '1');
  const name = cache.nameOf('trace', []);
  const path = join(folder, name);
  cache.write(name, bytesOf('one', 'two'));
  const whole = readFileSync(path);
  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(path, whole);
    truncateSync(path, length);
    expect(cache.read(name, reading(2))).toBeNull();
    const changed = Buffer.from(whole);
    changed[length] = changed[length]! ^ 1;
    writeFileSync(path, changed);
    expect(cache.read(name, reading(2))).toBeNull();
  }
  cache.write(name, bytesOf('one', 'two'));
  expect(cache.read(name, reading(2))).toEqual(['one', 'two']);
  const other = cache.nameOf('trace', ['other']);
  copyFileSync(path, join(folder, other));
  expect(cache.read(other, reading(2))).toBeNull();
  // A reader that expects more than there is.
  expect(cache.read(name, reading(3))).toBeNull();
});

it('removes what was not used for the longest time where entries take more than the limit', () => {
  const record = bytesOf('x'.repeat(1000 - 4 - 32));
  const cache = new ContentCache(folder, '1', 3000);
  for (const [i, name] of ['a', 'b', 'c'].entries()) {
    cache.write(name, record);
    expect(statSync(join(folder, name)).size).toBe(1000);
    utimesSync(join(folder, name), 1000 + i, 1000 + i);
  }
  // Used, and so no longer the oldest.
  expect(cache.read('a', reading(1))).not.toBeNull();
  cache.write('d', record);
  expect(readdirSync(folder).sort()).toEqual(['a', 'c', 'd']);
  // What a killed process has left goes in its turn.
  writeFileSync(join(folder, 'e.partial'), 'x'.repeat(500));
  utimesSync(join(folder, 'e.partial'), 1000, 1000);
  cache.write('f', record);
  expect(readdirSync(folder).sort()).toEqual(['a', 'd', 'f']);
});

it('keeps no entry that would fill half of the cache', () => {
  const cache = new ContentCache(folder, '1', 3000);
  cache.write('large', bytesOf('x'.repeat(1600)));
  expect(readdirSync(folder)).toEqual([]);
});

it('is an empty cache where its folder cannot be made or written, or an entry is a folder', () => {
  mkdirSync(dirname(folder), { recursive: true });
  writeFileSync(folder, 'a file');
  for (const place of [folder, '/dev/null/inputs', '/proc/inputs']) {
    const cache = new ContentCache(place, '1');
    cache.write('a', bytesOf('one'));
    expect(cache.read('a', reading(1))).toBeNull();
  }
  const inside = `${folder}-2`;
  const cache = new ContentCache(inside, '1');
  cache.write('a', bytesOf('one'));
  mkdirSync(join(inside, 'b'));
  cache.write('b', bytesOf('one'));
  expect(cache.read('b', reading(1))).toBeNull();
  chmodSync(inside, 0o500);
  expect(cache.read('a', reading(1))).toEqual(['one']);
  chmodSync(inside, 0o700);
  expect(readdirSync(inside).sort()).toEqual(['a', 'b']);
});
