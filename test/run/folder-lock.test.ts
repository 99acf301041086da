import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { InputError } from '#src/errors.js';
import { isTaken, lockFolder } from '#src/run/folder-lock.js';
import { thisProcess } from '#src/run/process-identity.js';
import { plainEnvironment } from '../plain-environment.ts';
import { leaveLock } from './locks.ts';
import { freshPath } from './run-folders.ts';

/** No process has it: the numbers of Linux end below. */
const NO_PID = 2 ** 22 + 1;

function emptyFolder(): string {
  const dir = freshPath('locked');
  mkdirSync(dir);
  return dir;
}

const take = (dir: string) => lockFolder(dir, 'a test');

it('a folder is taken once, and free again when it is given back, with nothing left in it', () => {
  const dir = emptyFolder();
  expect(isTaken(dir)).toBe(false);
  const release = take(dir);
  expect(isTaken(dir)).toBe(true);
  expect(() => take(dir)).toThrow(InputError);
  expect(() => take(dir)).toThrow(`a test is at work in this folder (process ${process.pid} on `);
  release();
  release();
  expect(readdirSync(dir)).toEqual([]);
  take(dir)();
});

it.each([
  ['whose process is gone', { pid: NO_PID }],
  ['whose process number is another process now', { began: '1' }],
  ['of before the machine was started', { boot: 'another' }],
])('a lock %s counts for nothing', (_, holder) => {
  const dir = emptyFolder();
  leaveLock(dir, holder);
  expect(isTaken(dir)).toBe(false);
  const release = take(dir);
  expect(() => take(dir)).toThrow('is at work');
  release();
  expect(readdirSync(dir)).toEqual([]);
});

it('a lock that is empty, or cut off, or was not finished counts for nothing', () => {
  const dir = emptyFolder();
  mkdirSync(join(dir, '.lock'));
  take(dir)();
  mkdirSync(join(dir, '.lock'));
  writeFileSync(join(dir, '.lock', 'one'), '{"pid":');
  mkdirSync(join(dir, '.lock-two'));
  writeFileSync(join(dir, '.lock-two', 'two'), '');
  take(dir)();
  expect(readdirSync(dir)).toEqual([]);
});

it.each(['{}', '5', '"a"', '[1]', '{"pid":"x","host":"y","boot":null,"began":null}'])(
  'a lock that no process has written counts for nothing: %s',
  (content) => {
    const dir = emptyFolder();
    mkdirSync(join(dir, '.lock'));
    writeFileSync(join(dir, '.lock', 'one'), content);
    expect(isTaken(dir)).toBe(false);
    take(dir)();
    expect(readdirSync(dir)).toEqual([]);
  },
);

it('a lock of another machine holds: its process cannot be checked', () => {
  const dir = emptyFolder();
  leaveLock(dir, { pid: NO_PID, host: 'another' });
  expect(() => take(dir)).toThrow(`(process ${NO_PID} on another)`);
  expect(() => take(dir)).toThrow(`if there is none any more, remove ${join(dir, '.lock')}`);
});

it('a process that has ended, and whose parent has not asked how, holds nothing', async () => {
  // Its parent is stopped before it ends, so it cannot ask.
  const script = 'exec 3<&0; cat <&3 & echo $!; kill -STOP $$; wait';
  const parent = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  const pid = Number(line);
  const stateOf = (of: number) => readFileSync(`/proc/${of}/stat`, 'utf8').split(') ')[1]![0];
  await expect.poll(() => stateOf(parent.pid!)).toBe('T');
  parent.stdin.end();
  await expect.poll(() => stateOf(pid)).toBe('Z');
  const dir = emptyFolder();
  leaveLock(dir, { pid, began: readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21]! });
  take(dir)();
  parent.kill('SIGKILL');
});

it('of many processes that find a lock whose process is gone, one gets the folder', async () => {
  const rivals = Array.from({ length: 5 }, () => new Rival());
  const dirs = Array.from({ length: 100 }, emptyFolder);
  for (const dir of dirs) {
    leaveLock(dir, { pid: NO_PID });
    // A moment after the last of them has read this.
    const answers = await Promise.all(rivals.map((rival) => rival.ask(`${Date.now() + 4} ${dir}`)));
    expect(answers.sort()).toEqual(['held', 'refused', 'refused', 'refused', 'refused']);
    await Promise.all(rivals.map((rival) => rival.ask('release')));
    expect(readdirSync(dir)).toEqual([]);
  }
  for (const rival of rivals) rival.end();
});

/** Takes folders on command, at the same moment as others. */
class Rival {
  readonly #child;
  readonly #lines;

  constructor() {
    const module = new URL('../../dist/src/run/folder-lock.js', import.meta.url);
    const script = `
      import { createInterface } from 'node:readline';
      const { lockFolder } = await import(${JSON.stringify(fileURLToPath(module))});
      let release = null;
      for await (const line of createInterface({ input: process.stdin })) {
        if (line === 'release') {
          release?.();
          release = null;
          console.log('released');
          continue;
        }
        const [at, dir] = line.split(' ');
        while (Date.now() < Number(at));
        try {
          release = lockFolder(dir, 'a test');
          console.log('held');
        } catch (error) {
          console.log(error.message.includes('is at work') ? 'refused' : String(error));
        }
      }`;
    this.#child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: plainEnvironment(),
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    return (await this.#lines.next()).value;
  }

  end(): void {
    this.#child.stdin.end();
  }
}

it('this process is reported by more than its number', () => {
  const { pid, boot, began } = thisProcess();
  expect(pid).toBe(process.pid);
  expect(began).not.toBeNull();
  if (process.platform === 'linux') expect(boot).toMatch(/^[0-9a-f-]{36}$/);
});
