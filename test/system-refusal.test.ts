import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemRefusal } from '#src/system-refusal.js';
import { temporaryFolder } from './temporary-folder.ts';

function whyUnread(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return systemRefusal(error);
  }
}

test('what the system refuses is said without its codes and calls', () => {
  const folder = temporaryFolder('refused');
  const [file, circle] = [join(folder, 'file'), join(folder, 'circle')];
  writeFileSync(file, '');
  symlinkSync(circle, circle);
  expect(whyUnread(folder)).toBe('it is a folder, not a file');
  expect(whyUnread(join(file, 'below'))).toBe('a folder of its path is a file');
  expect(whyUnread(join(folder, 'none'))).toBe('there is no such file');
  expect(whyUnread(circle)).toBe('its links lead in a circle');
  expect(whyUnread(join(folder, 'x'.repeat(300)))).toBe('its name is too long');
});

test('what has no words here is said as the system says it', () => {
  expect(systemRefusal(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }))).toBe(
    'EIO: i/o error',
  );
});
