import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { showFailure } from '#src/cli/show-failure.js';
import { ensureFolder } from '#src/ensure-folder.js';
import { InputError, RunError } from '#src/errors.js';
import { writeAtomically } from '#src/write-atomically.js';

let said: string[] = [];

beforeEach(() => {
  said = [];
  vi.spyOn(console, 'error').mockImplementation((text) => said.push(String(text)));
  vi.stubEnv('NO_COLOR', '1');
  vi.stubEnv('EDGEMLSIM_DEBUG', '');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('a fault of the user is shown as it is and ends with 3', () => {
  const place = { file: 'a.yaml', line: 1, column: 2 };
  expect(showFailure(new InputError({ place, found: 'x: bad', advice: ['do this'] }), 'run')).toBe(
    3,
  );
  expect(said).toEqual(['a.yaml:1:2: x: bad\n  do this']);
});

test('a run that cannot go on ends with 1 and its reason', () => {
  expect(showFailure(new RunError('disk full'), 'resume')).toBe(1);
  expect(said).toEqual(['the run failed: disk full']);
});

test('what a peer says cannot steer the terminal', () => {
  showFailure(new RunError('the coordinator refuses: \u001b[31mred\u0007\n  advice'), 'agent');
  expect(said).toEqual(['the run failed: the coordinator refuses: \\x1b[31mred\\x07\n  advice']);
});

test('what is no run does not say that one failed', () => {
  expect(showFailure(new RunError('cannot listen'), 'serve')).toBe(1);
  expect(said).toEqual(['serve failed: cannot listen']);
});

test('what the system refuses is no fault of ours', () => {
  const error = Object.assign(new Error('ENOSPC: no space left'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  expect(showFailure(error, 'report')).toBe(1);
  expect(said).toEqual(['report failed: ENOSPC: no space left']);
  said = [];
  expect(showFailure(Object.assign(error, { path: '/a/b.html' }), 'report')).toBe(1);
  expect(said).toEqual([
    'report failed: /a/b.html: no space left on the disk\n  make room, and give the command again',
  ]);
});

test('a path that the system refuses is named, with what is there and what to do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-refused-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'file');
  const missing = join(folder, 'none', 'a.svg');
  writeFileSync(file, '');
  const refusals: [work: () => void, text: string][] = [
    [() => writeFileSync(folder, ''), `${folder} is a folder, where a file is expected`],
    [() => writeAtomically(folder, ''), `${folder} is a folder, where a file is expected`],
    [() => writeFileSync(missing, ''), `${missing}: there is no folder ${join(folder, 'none')}`],
    [() => ensureFolder(join(file, 'a', 'b')), `${file} is a file, where a folder is expected`],
    [() => ensureFolder(file), `${file} is a file, where a folder is expected`],
  ];
  for (const [work, text] of refusals) {
    said = [];
    try {
      work();
    } catch (error) {
      expect(showFailure(error, 'export')).toBe(1);
    }
    expect(said).toEqual([expect.stringContaining(`export failed: ${text}\n  `)]);
  }
});

test('a folder is made with those above it, and below /proc it is refused and not tried for ever', () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-made-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const deep = join(folder, 'a', 'b');
  ensureFolder(deep);
  ensureFolder(deep);
  expect(existsSync(deep)).toBe(true);
  expect(() => ensureFolder('/proc/x/y')).toThrow(/ENOENT|EACCES|EPERM/);
});

test.each([
  [new RunError('it ended 5 times: spawn node EMFILE'), 'too few file descriptors'],
  [new RunError('the last with spawn node EAGAIN'), 'too many processes'],
  [new RangeError('Array buffer allocation failed'), 'too little memory'],
  [new RangeError('WebAssembly.Memory(): could not allocate memory'), 'too little memory'],
  [
    Object.assign(new Error('heap limit'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }),
    'too little memory',
  ],
  [
    Object.assign(new Error(`Cannot find module '${resolve('dist/src/x.js')}' imported from y`), {
      code: 'ERR_MODULE_NOT_FOUND',
    }),
    'a file of the program is missing: npm run build is at work',
  ],
])('what the machine has too little of is named, with what to do: %s', (error, lack) => {
  expect(showFailure(error, 'report')).toBe(1);
  const [first, second, ...rest] = said;
  expect(first).toMatch(/^report failed: /);
  expect(first).toContain(error.message);
  expect(second).toContain(`  ${lack}`);
  expect(rest).toEqual([]);
});

test('a fault of ours asks for a report; only EDGEMLSIM_DEBUG=1 shows the stack', () => {
  const error = new TypeError('oops');
  expect(showFailure(error, 'report')).toBe(1);
  expect(said.join('\n')).toContain(
    'internal error: TypeError: oops\n  this is a fault in edgemlsim',
  );
  expect(said.join('\n')).not.toMatch(/\n\s+at /);
  vi.stubEnv('EDGEMLSIM_DEBUG', '1');
  showFailure(error, 'report');
  expect(said.join('\n')).toMatch(/\n\s+at /);
});

test('a word of a damaged file is quoted by its beginning and its length', () => {
  const word = 'z'.repeat(500_000);
  showFailure(new InputError({ found: `x is "${word}", no number`, advice: [word] }), 'run');
  expect(said).toEqual([
    `x is "${'z'.repeat(59)}… (500003 characters) no number\n  ${'z'.repeat(60)}… (500000 characters)`,
  ]);
});
