import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StartSignals } from '#src/cli/start-signals.js';
import { folderWithConfig, start } from './program.ts';

const said: string[] = [];
const exits: unknown[] = [];
let signals: StartSignals;

function listening(runDir: string | null): void {
  said.length = 0;
  exits.length = 0;
  vi.spyOn(console, 'error').mockImplementation((text) => void said.push(text));
  vi.spyOn(process, 'exit').mockImplementation((code) => exits.push(code) as never);
  signals = new StartSignals({ stop: () => said.push('no progress') }, 'nothing was written');
  if (runDir !== null) signals.awaitFolder(runDir);
}

afterEach(() => {
  signals?.close();
  vi.restoreAllMocks();
});

function begin(runDir: string): void {
  mkdirSync(runDir, { recursive: true });
  writeFileSync(join(runDir, 'config.resolved.yaml'), '');
}

describe('a signal while a run is started', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends the process before the run has its folder: %s', (signal, code) => {
    listening(join(mkdtempSync(join(tmpdir(), 'signals-')), 'run'));
    process.emit(signal, signal);
    expect([said, exits]).toEqual([['no progress', 'nothing was written'], [code]]);
  });

  it('is kept for a run that has its folder; a second one ends the process', () => {
    const runDir = join(mkdtempSync(join(tmpdir(), 'signals-')), 'run');
    listening(runDir);
    begin(runDir);
    process.emit('SIGINT', 'SIGINT');
    expect([said[1], exits]).toEqual([expect.stringContaining('as soon as the run is open'), []]);
    process.emit('SIGINT', 'SIGINT');
    expect(exits).toEqual([130]);
    expect(signals.handOver()).toBe('SIGINT');
  });

  it('takes the folder of another run for none of its own', () => {
    const runDir = join(mkdtempSync(join(tmpdir(), 'signals-')), 'run');
    begin(runDir);
    listening(runDir);
    process.emit('SIGINT', 'SIGINT');
    expect([said[1], exits]).toEqual(['nothing was written', [130]]);
  });

  it('is left to the run once it is open', () => {
    const before = process.listenerCount('SIGINT');
    listening(null);
    expect(signals.handOver()).toBeUndefined();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

it('a run that is stopped while it reads its trace says that nothing was written, and leaves no folder', async () => {
  const { folder, config } = folderWithConfig();
  const trace = join(folder, 'slow.csv');
  execFileSync('mkfifo', [trace]);
  const run = start(['run', config, `mobility.trace=${trace}`], folder);
  // Opens once the run does.
  const writer = await open(trace, 'w');
  run.kill('SIGINT');
  const closed = writer.close();
  const { code, stderr } = await run.outcome;
  await closed;
  expect([code, stderr]).toEqual([130, 'stopped before the run had begun: nothing was written\n']);
  expect(existsSync(join(folder, 'runs'))).toBe(false);
});
