// Compiles what is written in AssemblyScript, each to WebAssembly beside the module that loads it, unless
// that is newer than all its sources.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';

const modules = [
  ['src/kernels/assembly', 'dist/src/kernels/kernels.wasm'],
  ['src/journal/assembly', 'dist/src/journal/line-matcher.wasm'],
];

for (const [folder, output] of modules) {
  const sources = [`${folder}/index.ts`, '--config', `${folder}/asconfig.json`];
  const builtMs = statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const changed = [
    folder,
    ...readdirSync(folder).map((file) => `${folder}/${file}`),
    'package-lock.json',
  ];
  if (changed.some((path) => statSync(path).mtimeMs > builtMs)) {
    const { status } = spawnSync('asc', [...sources, '-o', output], { stdio: 'inherit' });
    process.exitCode ||= status ?? 1;
  }
}
