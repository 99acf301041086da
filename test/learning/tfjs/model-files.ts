import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OwnModelSpec } from '#src/learning/engine.js';
import { temporaryFolder } from '../../temporary-folder.ts';

let count = 0;

/** Writes a model file; returns its path. */
export function modelFile(text: string, extension = 'js'): string {
  count += 1;
  const path = join(temporaryFolder('model'), `model-${count}.${extension}`);
  writeFileSync(path, text);
  return path;
}

export function ownModel(
  text: string,
  { seed = 1, options = {}, extension = 'js' }: Partial<OwnModelSpec> & { extension?: string } = {},
): OwnModelSpec {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return {
    kind: 'module',
    module: pathToFileURL(modelFile(text, extension)).href,
    sha256,
    options,
    seed,
  };
}
