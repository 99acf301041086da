import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JOURNAL_FORMAT, type JournalLine } from '#src/journal/events.js';
import { JournalFollower } from '#src/journal/follower.js';
import { journalStartAt, journalStartOver } from '#src/journal/journal-prefix.js';
import { isSimulated, journalHash, readJournal } from '#src/journal/reader.js';

const folder = await mkdtemp(join(tmpdir(), 'journal-'));
let files = 0;

async function journalOf(text: string | Buffer): Promise<string> {
  files += 1;
  const file = join(folder, `${files}.jsonl`);
  await writeFile(file, text);
  return file;
}

async function read(text: string) {
  const file = await journalOf(text);
  const lines: JournalLine[] = [];
  const extent = await readJournal(file, (line) => lines.push(line));
  return { file, lines, extent };
}

const LINES = [
  `{"host":0,"wallTimeS":0,"type":"started","format":${JOURNAL_FORMAT},"threads":1,"engine":"reference","node":"v20"}\n`,
  '{"n":0,"timeUs":0,"type":"data-reshuffled","owner":"é","times":1}\n',
  '{"n":1,"timeUs":5,"type":"data-reshuffled","owner":"a","times":2}\n',
  '{"host":1,"wallTimeS":1.5,"type":"continued"}\n',
  '{"n":2,"timeUs":5,"type":"data-reshuffled","owner":"a","times":3}\n',
];

test('lines come in order, simulated and host ones distinguished', async () => {
  const { lines, extent } = await read(LINES.join(''));
  expect(lines.map(isSimulated)).toEqual([false, true, true, false, true]);
  expect(lines[1]).toEqual({ n: 0, timeUs: 0, type: 'data-reshuffled', owner: 'é', times: 1 });
  expect(extent).toMatchObject({ simulated: 3, host: 2 });
  expect(extent).not.toHaveProperty('torn');
});

test('the hash covers simulated lines with their newlines, and nothing else', async () => {
  const { file, extent } = await read(LINES.join(''));
  const simulated = LINES[1]! + LINES[2]! + LINES[4]!;
  const expected = createHash('sha256').update(simulated).digest('hex');
  expect(extent.hash).toBe(expected);
  expect(await journalHash(file)).toBe(expected);
});

test('lines longer than a read, split anywhere, come whole', async () => {
  const owner = 'ü'.repeat(400_000);
  const long = `{"n":0,"timeUs":0,"type":"data-reshuffled","owner":"${owner}","times":1}\n`;
  const { lines } = await read(`${LINES[0]}${long}${LINES[2]}`);
  expect(lines[1]).toMatchObject({ owner });
  expect(lines).toHaveLength(3);
});

test.each([
  ['two events on one line', `${LINES[1]!.trimEnd()},${LINES[2]}`, 'not a JSON value'],
  ['an event over two lines', LINES[1]!.replace(',', '\n,'), 'not a JSON value'],
  ['an empty line', '\n', 'not a JSON value'],
])('%s, between lines that are right, is reported by its number', async (_, wrong, found) => {
  const file = await journalOf(`${LINES[0]}${wrong}${LINES[1]}${LINES[2]}`);
  await expect(readJournal(file, () => {})).rejects.toThrow(`${file}:2: ${found}`);
});

test('cut at any byte, the whole lines are read and the torn one is reported', async () => {
  const bytes = Buffer.from(LINES.join(''));
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length), async (length) => {
      const file = await journalOf(bytes.subarray(0, length));
      let seen = 0;
      const extent = await readJournal(file, () => {
        seen += 1;
      });
      const whole = bytes.subarray(0, length).lastIndexOf('\n') + 1;
      expect(seen).toBe(extent.simulated + extent.host);
      const torn = length === whole ? undefined : { line: seen + 1, bytes: length - whole };
      expect(extent.torn).toEqual(torn);
    }),
    { numRuns: 60 },
  );
});

test('an empty journal is sound', async () => {
  expect(await read('')).toMatchObject({ lines: [], extent: { simulated: 0, host: 0 } });
});

test.each([
  ['a line that is no JSON', [LINES[1], '{"n":1,"ti\n', LINES[2]], /:3: not a JSON value: "\{/],
  ['a blank line', [LINES[1], '\n'], /:3: not a JSON value/],
  ['a line without type', [LINES[1], '{"n":1}\n'], /:3: .*it has no type/],
  ['a number', ['7\n'], /:2: .*it has no type/],
  ['a line without number', [LINES[1], '{"type":"paused"}\n'], /:3: .*it has no number/],
  ['a hole', [LINES[1], LINES[4]], /:3: event 2 where event 1 was expected\n {2}lines are missing/],
  ['an event twice', [LINES[1], LINES[2], LINES[2]], /:4: event 1 where event 2/],
  [
    'time going backwards',
    [LINES[1], LINES[2], '{"n":2,"timeUs":4,"type":"x"}\n'],
    /:4: time 4 us after 5 us/,
  ],
  [
    'keys in another order',
    ['{"timeUs":0,"n":0,"type":"x"}\n'],
    /:2: the key "n" is not the first/,
  ],
  [
    'an optional field of another kind',
    [
      '{"n":0,"timeUs":0,"type":"gradient-started","gradient":0,"worker":"w","server":"s","round":0,"version":0,"poisoned":1}\n',
    ],
    /:2: gradient-started: poisoned: /,
  ],
])('%s is an error that names the line', async (_, lines, message) => {
  await expect(read([LINES[0], ...lines].join(''))).rejects.toThrow(message);
});

test.each([
  [
    'of another format',
    LINES[0]!.replace(/"format":\d+/, '"format":999'),
    /:1: a journal of format 999/,
  ],
  [
    'without a format',
    '{"host":0,"wallTimeS":0,"type":"started"}\n',
    /:1: .*without a format version/,
  ],
  ['without its first lines', LINES[1]!, /:1: the first line is an event data-reshuffled/],
])('a journal %s is refused at its first line', async (_, line, message) => {
  await expect(read(line + LINES[4])).rejects.toThrow(message);
});

test('a journal that is not there is an error of the user', async () => {
  const error = readJournal(join(folder, 'none.jsonl'), () => {});
  await expect(error).rejects.toMatchObject({ name: 'InputError' });
  await expect(error).rejects.toThrow(/none\.jsonl: there is no such journal/);
});

test('a folder in place of a journal is told as one, by each that reads it', async () => {
  const file = join(folder, 'instead.jsonl');
  await mkdir(file);
  const mark = { bytes: 9, sha256: '', nextEvent: 1, nextHostEvent: 0, wallTimeS: 0 };
  const readers = [
    () => readJournal(file, () => {}),
    () => new JournalFollower(file).readNew(() => {}),
    () => journalStartAt(file, mark),
    () => journalStartOver(file),
  ];
  for (const reader of readers) {
    await expect(reader).rejects.toMatchObject({ name: 'InputError' });
    await expect(reader).rejects.toThrow(/instead\.jsonl: a folder, where the file of a journal/);
  }
});
