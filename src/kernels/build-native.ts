import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NATIVE_FILE } from './native-kernels.ts';

/** The C of the kernels, in this package. */
const SOURCES = fileURLToPath(new URL('../../../src/kernels/native/', import.meta.url));
/** Every product and sum is rounded by itself: no fused multiply-add. */
const FLAGS = ['-std=gnu11', '-O3', '-ffp-contract=off', '-fPIC', '-fvisibility=hidden'];

/** An instruction set: lanes of its vectors, and what turns it on. */
type InstructionSet = [name: string, lanes: number, flags: string[]];

const LEVELS: Partial<Record<string, InstructionSet[]>> = {
  x64: [
    ['baseline', 4, []],
    ['avx2', 8, ['-mavx2']],
    ['avx512', 16, ['-mavx512f']],
  ],
  arm64: [['baseline', 4, []]],
};

/**
 * Compiles native/ to kernels.node beside this file, with the C compiler `cc`. Returns null when that is
 * there and loads, else why not; then WebAssembly computes alone.
 */
export function buildNative(): string | null {
  const levels = LEVELS[process.arch];
  if (levels === undefined || process.platform === 'win32') {
    return `no native kernels for ${process.platform} on ${process.arch}`;
  }
  try {
    const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-kernels-'));
    try {
      return buildIn(folder, levels);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  } catch (error) {
    return (error as Error).message.split('\n')[0]!;
  }
}

function buildIn(folder: string, levels: readonly InstructionSet[]): string | null {
  const file = join(folder, 'kernels.node');
  const link = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  const objects = levels.map(([name, lanes, flags]) => {
    const own = [...flags, `-DLANES=${lanes}`, `-DKERNELS=kernels_${name}`];
    return { object: join(folder, `${name}.o`), source: 'kernels.c', own };
  });
  objects.push({ object: join(folder, 'addon.o'), source: 'addon.c', own: [] });
  for (const { object, source, own } of objects) {
    const problem = cc([...FLAGS, ...own, '-c', join(SOURCES, source), '-o', object]);
    if (problem !== null) return problem;
  }
  const problem = cc(['-shared', ...link, '-o', file, ...objects.map(({ object }) => object)]);
  if (problem !== null) return problem;
  createRequire(import.meta.url)(file);
  putInPlace(file);
  return null;
}

/** Builds unless the kernels are newer than their sources. */
export function buildNativeIfChanged(): string | null {
  const builtMs = statSync(NATIVE_FILE, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const files = readdirSync(SOURCES).map((name) => join(SOURCES, name));
  const sources = [...files, fileURLToPath(import.meta.url)];
  return sources.some((path) => statSync(path).mtimeMs > builtMs) ? buildNative() : null;
}

function cc(words: string[]): string | null {
  const { error, signal, status, stderr } = spawnSync('cc', words, { encoding: 'utf8' });
  if (error) return `the C compiler cc does not start: ${error.message}`;
  if (signal !== null) return `the C compiler cc was ended by ${signal}`;
  return status === 0 ? null : `the C compiler cc fails: ${stderr.trim().split('\n')[0]}`;
}

/** By a rename, because a process may run the one that is there. */
function putInPlace(file: string): void {
  const beside = mkdtempSync(join(dirname(NATIVE_FILE), '.kernels-'));
  try {
    const copy = join(beside, 'kernels.node');
    copyFileSync(file, copy);
    renameSync(copy, NATIVE_FILE);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}
