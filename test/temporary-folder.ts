import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Map<string, string>();

/** A folder of the test file under way; test/setup.ts removes it at the end of the file. */
export function temporaryFolder(name: string): string {
  const known = folders.get(name);
  if (known !== undefined) return known;
  const made = mkdtempSync(join(tmpdir(), `edgemlsim-${name}-`));
  folders.set(name, made);
  return made;
}

export function removeTemporaryFolders(): void {
  for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}
