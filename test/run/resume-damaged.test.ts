import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '#src/errors.js';
import { encodeCheckpoint } from '#src/run/checkpoint-file.js';
import { VirtualRun } from '#src/run/virtual-run.js';
import { edgemlsim } from '../cli/program.ts';
import { tinyConfig } from '../worlds/tiny-config.ts';
import { checkpointIn, checkpointsOf } from './children.ts';
import { freshPath, isSound, journalOf, startRun } from './run-folders.ts';

const config = tinyConfig({
  training: { maximumRounds: 20, learningRate: 0.01 },
  checkpoints: { everyRounds: 4, keep: 3 },
});

/** The journal hash of the undisturbed run. */
let expected: string;
/** Stopped after round 13, with checkpoints of rounds 8, 12 and 13. */
let stopped: string;
/** Of the three checkpoints: how many bytes of the journal they need. */
let marks: number[];

beforeAll(async () => {
  expected = (await (await startRun(config)).toEnd()).journalHash;
  stopped = (await (await startRun(config)).toEnd({ until: { round: 13 } })).runDir;
  marks = checkpointsOf(stopped).map((file) => checkpointIn(file).journal.bytes);
  expect(marks).toHaveLength(3);
});

function copy(dir = stopped): string {
  const to = freshPath();
  cpSync(dir, to, { recursive: true });
  return to;
}

const journalIn = (dir: string) => join(dir, 'journal.jsonl');

function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const content = readFileSync(file);
  content.set(bytes, at);
  writeFileSync(file, content);
}

/** SHA-256 of every file in it, by name. */
function contentOf(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true }).map(String).sort();
  const files = names.filter((name) => statSync(join(dir, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(dir, name)))
        .digest('hex'),
    ]),
  );
}

/** Refused, with nothing in the folder changed: the error. */
async function refusal(dir: string): Promise<string> {
  const before = contentOf(dir);
  const failure = await VirtualRun.resume(dir, { threads: 1 }).then(
    () => new Error('it went on'),
    (error: Error) => error,
  );
  expect(failure).toBeInstanceOf(InputError);
  expect(contentOf(dir)).toEqual(before);
  return failure.message;
}

async function seenThrough(dir: string): Promise<readonly string[]> {
  const run = await VirtualRun.resume(dir, { threads: 1 });
  expect(await run.toEnd()).toMatchObject({ status: 'done', journalHash: expected });
  expect(isSound(journalOf(dir))).toBe(true);
  return run.notices;
}

describe('resuming with a journal that was changed', () => {
  it('refuses any other byte up to the newest checkpoint, and changes nothing', async () => {
    const mark = marks[2]!;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(mark - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, difference) => {
          const dir = copy();
          const old = readFileSync(journalIn(dir))[at]!;
          overwrite(journalIn(dir), at, Uint8Array.of(old ^ difference));
          const message = await refusal(dir);
          expect(message).toContain(`the run's newest checkpoint needs the first ${mark} bytes`);
          rmSync(dir, { recursive: true });
        },
      ),
      { numRuns: 25 },
    );
  });

  it('cut anywhere, refuses or comes to the same end', async () => {
    const length = statSync(journalIn(stopped)).size;
    await fc.assert(
      fc.asyncProperty(fc.nat(length), async (at) => {
        const dir = copy();
        truncateSync(journalIn(dir), at);
        if (at < marks[0]!) {
          const what = at === 0 ? 'is missing or empty' : `ends after ${at} bytes`;
          expect(await refusal(dir)).toContain(`the journal ${what}`);
        } else {
          const passed = marks.filter((bytes) => bytes > at);
          expect(await seenThrough(dir)).toHaveLength(passed.length);
        }
        rmSync(dir, { recursive: true });
      }),
      { numRuns: 25 },
    );
  });

  it('names the line that is no event', async () => {
    const dir = copy();
    const text = readFileSync(journalIn(dir), 'utf8');
    const at = Math.floor(marks[1]! / 2);
    overwrite(journalIn(dir), at, new Uint8Array(100));
    const line = text.slice(0, at).split('\n').length;
    expect(await refusal(dir)).toContain(`journal.jsonl:${line}: not a JSON value`);
  });

  it('says between which bytes a digit was changed, and goes on from before when asked to', async () => {
    const dir = copy();
    const text = readFileSync(journalIn(dir), 'utf8');
    // In a number that nothing else in the journal contradicts.
    const at = text.indexOf('"norm":', marks[0]!) + '"norm":'.length;
    expect(at).toBeLessThan(marks[1]!);
    overwrite(journalIn(dir), at, Buffer.from(text[at] === '7' ? '8' : '7'));
    const message = await refusal(dir);
    expect(message).toContain(
      `the journal was changed: its SHA-256 differs between bytes ${marks[0]} and ${marks[1]}`,
    );
    const files = checkpointsOf(dir);
    const [event] = files.map((file) => checkpointIn(file).journal.nextEvent);
    expect(message).toContain(`or go on from event ${event}, up to which it is whole: remove `);
    for (const file of message.split(': remove ')[1]!.split(' ')) rmSync(file);
    expect(checkpointsOf(dir)).toEqual([files[0]]);
    await seenThrough(dir);
  });

  it('refuses a journal that is missing, until the user begins again', async () => {
    const dir = copy();
    rmSync(journalIn(dir));
    const message = await refusal(dir);
    expect(message).toContain(`${journalIn(dir)}: the journal is missing or empty`);
    expect(message).toContain(`or begin again from the start: remove ${join(dir, 'checkpoints')}`);
    rmSync(join(dir, 'checkpoints'), { recursive: true });
    expect(await seenThrough(dir)).toEqual([]);
  });
});

describe('resuming with a checkpoint that is none', () => {
  /** Right digest, other content. */
  const sealed = (body: Uint8Array) =>
    Buffer.concat([createHash('sha256').update(body).digest(), body]);

  it.each([
    ['is cut off', (whole: Buffer) => whole.subarray(0, 1000), 'damaged'],
    ['is empty', () => Buffer.alloc(0), 'damaged'],
    ['holds other bytes', () => sealed(Buffer.from('hello')), 'holds no serialised data'],
    ['holds other data', () => encodeCheckpoint({ hello: 1 }), 'holds something else'],
    ['holds no map', () => sealed(serialize(7)), 'holds something else'],
    [
      'is of another run',
      (whole: Buffer) => encodeCheckpoint({ ...deserialize(whole.subarray(32)), run: 'other' }),
      'belongs to another run',
    ],
    [
      'lacks its world',
      (whole: Buffer) => encodeCheckpoint({ ...deserialize(whole.subarray(32)), world: {} }),
      'does not hold the state of this run',
    ],
  ])('%s: goes on from the one before and says so', async (_, change, why) => {
    const dir = copy();
    const newest = checkpointsOf(dir).at(-1)!;
    writeFileSync(newest, change(readFileSync(newest)));
    const notices = await seenThrough(dir);
    expect(notices).toEqual([
      expect.stringMatching(new RegExp(`^${newest}: ${why}.*: goes on from the one before`)),
    ]);
    expect(existsSync(`${newest}.unusable`)).toBe(true);
  });

  it('refuses when none is left', async () => {
    const dir = copy();
    for (const file of checkpointsOf(dir)) truncateSync(file, 40);
    const message = await refusal(dir);
    for (const file of checkpointsOf(dir)) expect(message).toContain(`${basename(file)}: damaged`);
    expect(message).toContain(`to begin again from the start: remove ${join(dir, 'checkpoints')}`);
  });
});

describe('resuming keeps', () => {
  it('the host events behind the checkpoint', async () => {
    const dir = copy();
    const hosts = (lines: ReturnType<typeof journalOf>) => lines.filter((line) => 'host' in line);
    const before = hosts(journalOf(dir));
    expect(before.map(({ type }) => type)).toContain('stopped');
    rmSync(checkpointsOf(dir).at(-1)!);
    await seenThrough(dir);
    const after = hosts(journalOf(dir));
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after[before.length]).toMatchObject({ type: 'resumed', host: before.length });
  });

  it('them when it begins again from the start', async () => {
    const dir = copy();
    const before = journalOf(dir).filter((line) => 'host' in line);
    rmSync(join(dir, 'checkpoints'), { recursive: true });
    await seenThrough(dir);
    const lines = journalOf(dir);
    expect(lines.slice(0, before.length)).toEqual(before);
    expect(lines[before.length]).toMatchObject({ type: 'resumed', fromEvent: 0 });
  });
});

describe('resuming a run that has come to its end', () => {
  it('says so, prints its summary and leaves every file as it is', async () => {
    const { runDir } = await (await startRun(config)).toEnd();
    const before = contentOf(runDir);
    const { code, stdout, stderr } = await edgemlsim('resume', runDir, '--json');
    expect(code).toBe(0);
    expect(stderr).toContain(`${runDir}: the run has come to its end`);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'done', journalHash: expected, runDir });
    expect(contentOf(runDir)).toEqual(before);
    await expect(VirtualRun.resume(runDir, { threads: 1 })).rejects.toThrow(InputError);
    expect(contentOf(runDir)).toEqual(before);
  });

  it('refuses where its journal was changed since', async () => {
    const { runDir } = await (await startRun(config)).toEnd();
    const text = readFileSync(journalIn(runDir), 'utf8');
    writeFileSync(journalIn(runDir), text.replace('"norm":', '"norm":1'));
    const { code, stdout, stderr } = await edgemlsim('resume', runDir);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('the journal was changed since the run came to its end');
  });
});

describe('resuming with a damaged file beside the journal', () => {
  it.each([
    ['config.resolved.yaml', 'name: [1, 2', /config\.resolved\.yaml:1:\d+: not valid YAML/],
    ['config.resolved.yaml', '', /config\.resolved\.yaml: the file is empty/],
    ['config.resolved.yaml', 'name: 7\n', /changed since the run was started: config\.resolved/],
    ['provenance.json', '{"seed": 1', /provenance\.json: damaged/],
    ['provenance.json', '', /provenance\.json: empty/],
    ['provenance.json', '{}', /provenance\.json: damaged: id/],
    ['provenance.json', null, /provenance\.json: there is no such file/],
    ['status.json', '{"status": "don', /status\.json: damaged/],
    ['status.json', '[]', /status\.json: damaged/],
  ])('%s with %j: an error of the input, and nothing changed', async (name, content, message) => {
    const dir = copy();
    if (content === null) rmSync(join(dir, name));
    else writeFileSync(join(dir, name), content);
    const before = contentOf(dir);
    const { code, stdout, stderr } = await edgemlsim('resume', dir);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([3, '']);
    expect(contentOf(dir)).toEqual(before);
  });
});
