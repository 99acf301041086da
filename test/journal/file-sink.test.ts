import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { RunError } from '#src/errors.js';
import { FileSink } from '#src/journal/file-sink.js';
import { plainEnvironment } from '../plain-environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-sink-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

function newPath(): string {
  count += 1;
  return join(folder, `${count}.jsonl`);
}

const module = fileURLToPath(new URL('../../dist/src/journal/file-sink.js', import.meta.url));

/**
 * Runs a script in a process whose files may not grow beyond 4 KiB. The limit stands in for a full
 * disk: it needs no rights.
 */
function onFullDisk(script: string): SpawnSyncReturns<string> {
  // 8 blocks of 512 bytes.
  const limited = `trap '' XFSZ; ulimit -f 8; exec "$0" --input-type=module -e "$1"`;
  return spawnSync('sh', ['-c', limited, process.execPath, script], {
    encoding: 'utf8',
    env: plainEnvironment(),
  });
}

describe('the file sink', () => {
  it('has written everything after a flush, and counts bytes, not characters', () => {
    const path = newPath();
    const sink = new FileSink(path);
    sink.write('häuser\n');
    expect(sink.bytes).toBe(0);
    sink.flush();
    expect(readFileSync(path, 'utf8')).toBe('häuser\n');
    expect(sink.bytes).toBe(8);
    sink.close();
  });

  it('writes by itself when a lot has gathered', () => {
    const path = newPath();
    const sink = new FileSink(path);
    for (let line = 0; line < 1000; line += 1) sink.write(`${'x'.repeat(99)}\n`);
    expect(sink.bytes).toBeGreaterThan(60_000);
    expect(readFileSync(path).length).toBe(sink.bytes);
    sink.close();
    expect(readFileSync(path).length).toBe(100_000);
  });

  it('writes a single line within a second', async () => {
    const path = newPath();
    const sink = new FileSink(path);
    sink.write('one\n');
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe('one\n'), 5000);
    sink.close();
  });

  it('starts from the beginning, or continues at a byte and keeps the given lines that follow it', () => {
    const path = newPath();
    writeFileSync(path, 'one\ntwo\nthree\nfou');
    const digest = createHash('sha256').update('one\n');
    const sink = new FileSink(path, { bytes: 4, digest, keptLines: 'three\n' });
    expect(readFileSync(path, 'utf8')).toBe('one\nthree\n');
    sink.write('4\n');
    sink.flush();
    const text = 'one\nthree\n4\n';
    expect(sink.bytes).toBe(text.length);
    expect(sink.sha256).toBe(createHash('sha256').update(text).digest('hex'));
    sink.close();
    expect(readFileSync(path, 'utf8')).toBe(text);
    new FileSink(path).close();
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('may be closed twice', () => {
    const sink = new FileSink(newPath());
    sink.close();
    expect(() => sink.close()).not.toThrow();
  });

  it('says which file cannot be opened', () => {
    const path = newPath();
    mkdirSync(path);
    expect(() => new FileSink(path)).toThrow(RunError);
    expect(() => new FileSink(path)).toThrow(`cannot write ${path}: it is a folder, not a file`);
  });

  it('throws at the next call what went wrong in the timer, once', () => {
    const path = newPath();
    const { stdout, stderr } = onFullDisk(`
      const { FileSink } = await import(${JSON.stringify(module)});
      const sink = new FileSink(${JSON.stringify(path)});
      for (let n = 0; n < 50; n += 1) sink.write('x'.repeat(99) + '\\n');
      while (sink.bytes === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const messages = [];
      for (const call of ['write', 'flush', 'sync', 'close']) {
        try { sink[call]('late'); } catch (error) { messages.push(call + ': ' + error.message); }
      }
      console.log(messages.join('; '), sink.bytes);`);
    expect([stdout, stderr]).toEqual([
      `write: cannot write ${path}: the file would be larger than the system allows (ulimit -f) 4000\n`,
      '',
    ]);
    expect(readFileSync(path, 'utf8')).toBe(`${'x'.repeat(99)}\n`.repeat(40));
  });

  it('keeps whole lines only when the disk is full, and nothing of what comes after', () => {
    const path = newPath();
    const { stdout } = onFullDisk(`
      const { FileSink } = await import(${JSON.stringify(module)});
      const sink = new FileSink(${JSON.stringify(path)});
      let message = 'none';
      for (let n = 0; n < 100 && message === 'none'; n += 1) {
        sink.write(JSON.stringify({ n, text: 'x'.repeat(100) }) + '\\n');
        try { sink.flush(); } catch (error) { message = error.name + ': ' + error.message; }
      }
      sink.write('{"n":1000}\\n');
      sink.close();
      console.log(message, sink.bytes);`);
    const text = readFileSync(path, 'utf8');
    expect(stdout).toBe(
      `RunError: cannot write ${path}: the file would be larger than the system allows (ulimit -f) ${text.length}\n`,
    );
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line).n)).toEqual(lines.map((_, n) => n));
    // 4 KiB hold 34 lines of 118 bytes or so: the next one did not fit, a short one would have.
    expect(text.length).toBeGreaterThan(4096 - 130);
    expect(text.length).toBeLessThanOrEqual(4096 - 11);
  });
});
