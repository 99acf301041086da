/** Data that a checkpoint can hold as it is: no functions, no classes. */
export type PlainData =
  | null
  | boolean
  | number
  | string
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | readonly PlainData[]
  | { readonly [key: string]: PlainData };

/**
 * Throws TypeError where data is not plain: such a state would be lost, or change, on its way
 * between threads and through checkpoints. `undefined` counts as absent.
 */
export function checkPlain(data: unknown, path: string): void {
  if (data === null || ['undefined', 'boolean', 'number', 'string'].includes(typeof data)) return;
  const kind = Object.prototype.toString.call(data).slice(8, -1);
  if (['Float32Array', 'Float64Array', 'Int32Array', 'Uint8Array'].includes(kind)) return;
  const prototype = typeof data === 'object' ? Object.getPrototypeOf(data) : undefined;
  if (!Array.isArray(data) && prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`${path} is a ${kind}, which is no plain data`);
  }
  for (const [key, value] of Object.entries(data as object)) checkPlain(value, `${path}.${key}`);
}

/**
 * The same data, outside of shared memory: arrays there are copied, since they would be
 * overwritten when a job's scratch space is used again, and posting them would share them.
 */
export function unshared(data: PlainData): PlainData {
  if (typeof data !== 'object' || data === null) return data;
  if (ArrayBuffer.isView(data)) return isShared(data) ? data.slice() : data;
  if (isList(data)) return data.map(unshared);
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, unshared(value)]));
}

function isShared(view: ArrayBufferView): boolean {
  return view.buffer instanceof SharedArrayBuffer;
}

// Array.isArray alone does not narrow to readonly arrays.
function isList(data: object): data is readonly PlainData[] {
  return Array.isArray(data);
}

/** Random numbers as a rule or an attack sees it. */
export interface RandomSource {
  /** Uniform whole number in [0, below). */
  integer(below: number): number;
  /** Uniform in [0, 1). */
  float(): number;
  /** Standard normal. */
  normal(): number;
  /** Shuffles in place. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T;
}
