import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepAddress, keptAddress, newPageToken } from '#src/live-page/server/page-address.js';
import { thisProcess } from '#src/run/process-identity.js';
import { temporaryFolder } from '../temporary-folder.ts';

const address = () => ({ port: 8123, token: newPageToken() });

test('the address is kept for the same runs, readable by its owner alone', () => {
  const folder = temporaryFolder('page-address');
  const kept = address();
  keepAddress([folder, 'other'], kept);
  expect(keptAddress([folder, 'other'])).toMatchObject(kept);
  expect(statSync(join(folder, 'page-address.json')).mode & 0o777).toBe(0o600);
  expect(keptAddress([folder])).toBeNull();
});

test.each<[string, (file: string) => void]>([
  ['that others can read', (file) => chmodSync(file, 0o644)],
  ['that is torn', (file) => writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20))],
  [
    'with a token that is short',
    (file) =>
      writeFileSync(file, readFileSync(file, 'utf8').replace(/"token":".{10}/, '"token":"')),
  ],
])('a file %s is not used', (_, change) => {
  const folder = temporaryFolder('page-address');
  keepAddress([folder], address());
  change(join(folder, 'page-address.json'));
  expect(keptAddress([folder])).toBeNull();
});

test('without a file, and in a folder that cannot be written to, there is none', () => {
  const nowhere = join(temporaryFolder('page-address'), 'missing');
  keepAddress([nowhere], address());
  expect(keptAddress([nowhere])).toBeNull();
});

/** A process that runs here beside this one, and one that has ended. */
const running = { ...thisProcess(), pid: process.ppid, began: null };
const ended = { ...running, boot: 'an earlier start of this machine' };

test('while its server runs another one of the same run leaves the address, and has its own', () => {
  const folder = temporaryFolder('page-address');
  const [first, second] = [address(), address()];
  keepAddress([folder], first, running);
  keepAddress([folder], second);
  expect(readFileSync(join(folder, 'page-address.json'), 'utf8')).toContain(first.token);
  expect(keptAddress([folder])).toBeNull();
});

test('once that has ended the next one has its address', () => {
  const folder = temporaryFolder('page-address-ended');
  const [first, second] = [address(), address()];
  keepAddress([folder], first, ended);
  expect(keptAddress([folder])).toMatchObject(first);
  keepAddress([folder], second);
  expect(keptAddress([folder])).toMatchObject(second);
});
