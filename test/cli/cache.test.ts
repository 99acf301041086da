import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { deserialize } from 'node:v8';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunSummary } from '#src/run/run-summary.js';
import { temporaryFolder } from '../temporary-folder.ts';
import { start } from './program.ts';

const CONFIG = 'test/golden-runs/adagrad.yaml';
const { adagrad: HASH } = JSON.parse(readFileSync('test/golden-hashes.json', 'utf8')) as {
  adagrad: string;
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(temporaryFolder('cache'), 'test-'));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
});
afterEach(() => vi.unstubAllEnvs());

let runs = 0;
const plots = new Set<string>();

/** The hash of the journal of a run by the program. */
async function hashOf(...options: string[]): Promise<string> {
  const out = join(folder, `run-${runs++}`);
  const args = ['run', CONFIG, '--threads', '1', '--out', out, '--json', ...options];
  const { code, stdout, stderr } = await start(args).outcome;
  expect([code, stderr]).toEqual([0, '']);
  plots.add(readFileSync(join(out, 'plot.svg'), 'utf8'));
  return (JSON.parse(stdout) as RunSummary).journalHash!;
}

const inputs = () => join(folder, 'cache/edgemlsim/inputs');
/**
 * Its records, without the checksum. V8 writes a number in one of two forms, whichever it happens to be kept in: with
 * the same values the bytes may differ.
 */
function recordsOf(entry: Buffer): unknown[] {
  const records: unknown[] = [];
  for (let at = 0; at < entry.length - 32; ) {
    const record = entry.subarray(at + 4, at + 4 + entry.readUInt32LE(at));
    records.push(record[0] === 0xff ? deserialize(record) : record);
    at += 4 + record.length;
  }
  return records;
}

const entries = () => (existsSync(inputs()) ? readdirSync(inputs()).sort() : []);

test('a run has its hash and its figure without a cache, with an empty, a full and a damaged one', async () => {
  expect(await hashOf('--no-cache')).toBe(HASH);
  expect(entries()).toEqual([]);
  expect(await hashOf()).toBe(HASH);
  const names = entries();
  expect(names.map((name) => name.split('-')[0])).toEqual(['contacts', 'figure', 'trace']);
  const whole = names.map((name) => readFileSync(join(inputs(), name)));
  expect(await hashOf()).toBe(HASH);
  truncateSync(join(inputs(), names[0]!), 100);
  const changed = whole.slice(1).map((bytes, index) => {
    const other = Buffer.from(bytes);
    other[other.length >> 1]! ^= 1;
    writeFileSync(join(inputs(), names[index + 1]!), other);
    return other;
  });
  expect(await hashOf('--no-cache')).toBe(HASH);
  expect(names.slice(1).map((name) => readFileSync(join(inputs(), name)))).toEqual(changed);
  expect(await hashOf()).toBe(HASH);
  // Written again, with the same content.
  expect(entries()).toEqual(names);
  const again = names.map((name) => readFileSync(join(inputs(), name)));
  expect(again.map(recordsOf)).toEqual(whole.map(recordsOf));
  expect(plots.size).toBe(1);
});

test('processes that begin at once have the same hash, and leave whole entries alone', async () => {
  const hashes = await Promise.all(Array.from({ length: 3 }, () => hashOf()));
  expect(hashes).toEqual([HASH, HASH, HASH]);
  expect(entries().map((name) => name.split('-')[0])).toEqual(['contacts', 'figure', 'trace']);
  expect(entries().every((name) => /^[a-z]+-[0-9a-f]{32}$/.test(name))).toBe(true);
});

test('a cache that cannot be written is none', async () => {
  for (const place of ['/dev/null', '/proc']) {
    vi.stubEnv('XDG_CACHE_HOME', place);
    expect(await hashOf()).toBe(HASH);
  }
});

test('--no-cache of a study is heeded by its runs', async () => {
  const study = ['study', CONFIG, 'training.maximumRounds=2', '--seeds', '2'];
  const without = [...study, '--out', join(folder, 'a'), '--no-cache'];
  expect((await start(without).outcome).code).toBe(0);
  expect(entries()).toEqual([]);
  expect((await start([...study, '--out', join(folder, 'b')]).outcome).code).toBe(0);
  const kinds = new Set(entries().map((name) => name.split('-')[0]));
  expect([...kinds]).toEqual(['contacts', 'figure', 'trace']);
});

test.each([
  ['validate', CONFIG],
  ['scenario', 'inspect', CONFIG],
])('%s says the same with and without', async (...command) => {
  const outputs: string[] = [];
  for (const more of [['--no-cache'], [], []]) {
    const { code, stdout } = await start([...command, ...more]).outcome;
    expect(code).toBe(0);
    outputs.push(stdout);
    expect(entries().length > 0).toBe(outputs.length > 1);
  }
  expect(new Set(outputs).size).toBe(1);
});
