import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { folderWithConfig, start } from './program.ts';

test('what the engine has compiled is in the cache of the user, where Node.js can keep it', async () => {
  const { folder, config } = folderWithConfig();
  vi.stubEnv('XDG_CACHE_HOME', folder);
  const { code } = await start(['validate', config]).outcome;
  vi.unstubAllEnvs();
  expect(code).toBe(0);
  expect(existsSync(join(folder, 'edgemlsim/code'))).toBe('enableCompileCache' in module);
});
