import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { KernelExports } from './kernel-exports.ts';
import { isWhole } from './whole-file.ts';

/** Where the build puts the compiled C of native/. */
export const NATIVE_FILE = fileURLToPath(new URL('./kernels.node', import.meta.url));

/** Exports of the addon (native/addon.c). */
interface Addon {
  /** Instruction sets that this processor can run, the fastest first. */
  readonly levels: readonly string[];
  /** The kernels that are written in C, of that level, on the memory that `bytes` views. */
  bind(bytes: Uint8Array, level: number): Partial<KernelExports>;
}

/** The vectors of any processor of its kind; slower than WebAssembly on an x86. */
export const BASELINE = 'baseline';

/** Undefined until looked for, null where there is none. */
let addon: Addon | null | undefined;

function loadAddon(): Addon | null {
  if (addon === undefined) {
    try {
      addon = isWhole(NATIVE_FILE) ? (createRequire(import.meta.url)(NATIVE_FILE) as Addon) : null;
    } catch {
      addon = null;
    }
  }
  return addon;
}

/** Instruction sets that native kernels run with here, the fastest first; none where none were built. */
export function nativeLevels(): readonly string[] {
  return loadAddon()?.levels ?? [];
}

/** The kernels that are written in C, with an instruction set of `nativeLevels`. */
export function bindNative(memory: WebAssembly.Memory, level: string): Partial<KernelExports> {
  const { levels, bind } = loadAddon()!;
  return bind(new Uint8Array(memory.buffer), levels.indexOf(level));
}
