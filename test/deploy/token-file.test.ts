import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newToken, readTokenFile, writeTokenFile } from '#src/deploy/token-file.js';

function tokenFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-token-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'token');
}

describe('a token file', () => {
  it('is for its owner alone, and gives the secret back', () => {
    const file = tokenFile();
    const token = newToken();
    writeTokenFile(file, token);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readTokenFile(file)).toEqual(token);
    expect(newToken()).not.toEqual(token);
  });

  it('replaces an older one, whose mode does not matter', () => {
    const file = tokenFile();
    writeFileSync(file, 'old', { mode: 0o644 });
    writeTokenFile(file, newToken());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it('is refused when others can read it', () => {
    const file = tokenFile();
    writeTokenFile(file, newToken());
    chmodSync(file, 0o640);
    expect(() => readTokenFile(file)).toThrow(/others can read \(mode 640\)\n {2}chmod 600/);
  });

  it.each(['', '0123456789abcdef', 'password-password-password-password', `${'ab'.repeat(15)}a`])(
    'is refused when it holds %j, fewer than 128 bits or no digits',
    (text) => {
      const file = tokenFile();
      writeFileSync(file, text, { mode: 0o600 });
      expect(() => readTokenFile(file)).toThrow('not a token');
    },
  );

  it('is missed by name', () => {
    expect(() => readTokenFile('/nowhere/token')).toThrow(/^\/nowhere\/token: the token cannot/);
  });
});
