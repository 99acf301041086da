import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { showFailure } from '#src/cli/show-failure.js';
import { InputError, RunError } from '#src/errors.js';

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
