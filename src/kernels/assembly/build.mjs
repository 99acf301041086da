// Compiles the kernels to dist/src/kernels/kernels.wasm, unless that is newer than all their sources.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';

const folder = 'src/kernels/assembly';
const output = 'dist/src/kernels/kernels.wasm';
const sources = [`${folder}/index.ts`, '--config', `${folder}/asconfig.json`];

const builtMs = statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const changed = [folder, ...readdirSync(folder).map((file) => `${folder}/${file}`), 'package-lock.json'];
if (changed.some((path) => statSync(path).mtimeMs > builtMs)) {
  const { status } = spawnSync('asc', [...sources, '-o', output], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
