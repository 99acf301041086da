import { readFileSync } from 'node:fs';
import type { KernelExports } from './kernel-exports.ts';
import { Arena, createKernelMemory } from './memory.ts';

export type { KernelExports };

/** The kernels of one thread, bound to a memory, with that thread's scratch space. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  readonly arena: Arena;
  readonly run: KernelExports;
}

let bound: Kernels | undefined;

/** Binds this thread's kernels to a memory. Call it before anything computes. */
export function bindKernels(memory: WebAssembly.Memory): Kernels {
  const module = new WebAssembly.Module(readFileSync(new URL('./kernels.wasm', import.meta.url)));
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  bound = { memory, arena: new Arena(memory), run: instance.exports as unknown as KernelExports };
  return bound;
}

/** This thread's kernels; bound to a memory of their own by default. */
export function kernels(): Kernels {
  return bound ?? bindKernels(createKernelMemory());
}
