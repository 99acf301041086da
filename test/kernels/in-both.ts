import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { KernelExports } from '#src/kernels/kernel-exports.js';
import { bindNative, nativeLevels } from '#src/kernels/native-kernels.js';
import { bound } from './bits.ts';

const { memory } = bound;

export const wasm = new WebAssembly.Instance(
  new WebAssembly.Module(readFileSync('dist/src/kernels/kernels.wasm')),
  { env: { memory } },
).exports as unknown as KernelExports;

/** Instruction sets of the native kernels. */
export const levels = nativeLevels();
/** Where a build found a C compiler; `EDGEMLSIM_SKIP_NOTHING` asks for one. */
export const areBuilt = levels.length > 0 || process.env.EDGEMLSIM_SKIP_NOTHING !== undefined;

type Vector = Float32Array | Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** The same numbers from WebAssembly and from C, in `outs` and as the result. NaNs are alike. */
export function same(
  outs: readonly Vector[],
  work: (run: KernelExports) => unknown,
  what: string,
): void {
  const before = outs.map((out) => out.slice());
  const expected = { result: work(wasm), outs: outs.map((out) => out.slice()) };
  for (const level of levels) {
    for (const [index, out] of outs.entries()) out.set(before[index]! as Float32Array);
    const result = work({ ...wasm, ...bindNative(memory, level) });
    expect(result, `${what}, ${level}`).toBe(expected.result);
    for (const [index, out] of outs.entries()) {
      const wrong = out.findIndex((value, i) => !Object.is(value, expected.outs[index]![i]));
      const at = `${what}, ${level}: place ${wrong} is ${out[wrong]}`;
      expect(wrong, `${at} instead of ${expected.outs[index]![wrong]}`).toBe(-1);
    }
  }
}

export const at = ({ byteOffset }: { byteOffset: number }) => byteOffset;
