import { readFileSync } from 'node:fs';
import { InputError } from '../errors.ts';
import type { KernelExports } from './kernel-exports.ts';
import { Arena, createKernelMemory } from './memory.ts';
import { BASELINE, bindNative, nativeLevels } from './native-kernels.ts';

export type { KernelExports };

/** `auto` takes native kernels where they are built and faster, else WebAssembly. The bits are the same. */
export type KernelChoice = 'auto' | 'native' | 'wasm';

/** The kernels of one thread, bound to a memory, with that thread's scratch space. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  readonly arena: Arena;
  readonly run: KernelExports;
}

let bound: Kernels | undefined;

/**
 * Binds this thread's kernels to a memory. Call it before anything computes. Throws InputError where native
 * kernels are asked for and none are built.
 */
export function bindKernels(memory: WebAssembly.Memory, choice: KernelChoice = 'auto'): Kernels {
  const module = new WebAssembly.Module(readFileSync(new URL('./kernels.wasm', import.meta.url)));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const level = levelOf(choice);
  const native = level === null ? {} : bindNative(memory, level);
  const run = { ...(exports as unknown as KernelExports), ...native };
  bound = { memory, arena: new Arena(memory), run };
  return bound;
}

/** Lets go of the memory: nothing computes any more, or only after kernels are bound again. */
export function releaseKernels(): void {
  bound = undefined;
}

/** This thread's kernels; bound to a memory of their own by default. */
export function kernels(): Kernels {
  return bound ?? bindKernels(createKernelMemory());
}

/**
 * The kernels of a choice on this machine: `wasm`, or `native` with an instruction set. Throws
 * InputError.
 */
export function kernelsName(choice: KernelChoice = 'auto'): string {
  const level = levelOf(choice);
  return level === null ? 'wasm' : `native, ${level}`;
}

/**
 * The instruction set, null for WebAssembly. EDGEMLSIM_KERNELS, for tests and comparisons, stands in for
 * `auto` and may name an instruction set.
 */
function levelOf(choice: KernelChoice): string | null {
  const variable = (choice === 'auto' && process.env.EDGEMLSIM_KERNELS) || undefined;
  const wanted = variable ?? choice;
  if (wanted === 'wasm') return null;
  const levels = nativeLevels();
  const [fastest = null] = levels;
  if (wanted === 'auto') {
    return fastest === BASELINE && process.arch === 'x64' ? null : fastest;
  }
  const level = wanted === 'native' ? fastest : (levels.find((name) => name === wanted) ?? null);
  if (level === null) {
    throw new InputError({
      found:
        variable === undefined
          ? 'no native kernels on this machine'
          : `EDGEMLSIM_KERNELS=${variable}: no such kernels on this machine`,
      advice: [
        `here: ${['wasm', ...levels].join(', ')}`,
        'npx edgemlsim doctor --build-kernels compiles native ones, with the C compiler cc',
      ],
    });
  }
  return level;
}
