import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWithConfig, startLimited } from './program.ts';

test.each([
  ['too few file descriptors: at most 28 here', '-n 28', []],
  ['too few file descriptors: at most 28 here', '-n 28', ['world=live']],
  ['too little memory', '-v 4000000', []],
])(
  'a machine that has %s is reported with what to do (ulimit %s), %j',
  async (lack, limit, more) => {
    const { folder, config } = folderWithConfig();
    const args = ['run', config, ...more, '--threads', '4', '--out', join(folder, 'run')];
    const { code, stderr } = await startLimited(args, limit).outcome;
    expect(code).toBe(1);
    expect(stderr).toContain(lack);
    expect(stderr).not.toContain('internal error');
    expect(stderr).not.toContain('    at ');
  },
);
