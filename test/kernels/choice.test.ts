import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { buildNative } from '#src/kernels/build-native.js';
import { kernelsName } from '#src/kernels/kernels.js';
import { isWhole } from '#src/kernels/whole-file.js';

afterEach(() => void vi.unstubAllEnvs());

test('a variable that names no kernels is reported by its own name; an empty one is none', () => {
  vi.stubEnv('EDGEMLSIM_KERNELS', 'fast');
  expect(() => kernelsName()).toThrow(/^EDGEMLSIM_KERNELS=fast: no such kernels on this machine\n/);
  expect(kernelsName('wasm')).toBe('wasm');
  vi.stubEnv('EDGEMLSIM_KERNELS', '');
  const expected = kernelsName();
  vi.stubEnv('EDGEMLSIM_KERNELS', 'auto');
  expect(expected).toBe(kernelsName());
});

test.each([
  ['echo "cc: no space" >&2; exit 1', /^the C compiler cc fails: cc: no space$/],
  ['kill -9 $$', /^the C compiler cc was ended by SIGKILL$/],
  ['exit 0', /^Cannot find module '.*kernels\.node'$/],
])('a compiler that does %j is reported in one line', (script, expected) => {
  const dir = mkdtempSync(join(tmpdir(), 'cc-'));
  writeFileSync(join(dir, 'cc'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(dir, 'cc'), 0o755);
  vi.stubEnv('PATH', dir);
  expect(buildNative()).toMatch(expected);
});

test('no folder for what the compiler writes is reported', () => {
  vi.stubEnv('TMPDIR', '/nowhere');
  expect(buildNative()).toMatch(/^ENOENT: no such file or directory, mkdtemp '\/nowhere\//);
});

test.skipIf(process.platform !== 'linux')('a file that was cut short is not loaded', () => {
  const whole = readFileSync(process.execPath);
  const file = join(mkdtempSync(join(tmpdir(), 'kernels-')), 'kernels.node');
  for (const length of [whole.length - 1, whole.length / 2, 100, 20]) {
    writeFileSync(file, whole.subarray(0, length));
    expect(isWhole(file)).toBe(false);
  }
  writeFileSync(file, whole);
  expect(isWhole(file)).toBe(true);
});
