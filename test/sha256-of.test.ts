import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256Of } from '#src/sha256-of.js';
import { temporaryFolder } from './temporary-folder.ts';

test.each([0, 3, 1024 * 1024, 2_500_001])('is the hash of all of %d bytes', (length) => {
  const bytes = randomBytes(length);
  const file = join(temporaryFolder('sha256'), 'file');
  writeFileSync(file, bytes);
  expect(sha256Of(file)).toBe(createHash('sha256').update(bytes).digest('hex'));
});
