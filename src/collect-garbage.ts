import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** To look through all that a process holds takes longer than less than this is worth. */
const LARGE_BYTES = 16 * 2 ** 20;

/** Frees unused memory at once: otherwise it would stay until another allocation needs the memory. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}

/** Frees a dataset as it was read, after it was copied to its place; a small one is left to V8. */
export function collectDataset(): void {
  if (process.memoryUsage().arrayBuffers >= LARGE_BYTES) collectGarbage();
}
