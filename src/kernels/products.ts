import type { Kernels } from './kernels.ts';
import type { Arena } from './memory.ts';

/** A row-major float32 matrix in the kernel memory. */
export interface Matrix {
  /** Byte offset. */
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
}

/** The right-hand factor of a product, packed for its kernels. */
export interface Panels {
  readonly at: number;
  /** The matrix that was packed. */
  readonly source: Matrix;
  /** Rows of the factor. */
  readonly depth: number;
  readonly columns: number;
  /** Whether all its elements are finite: only then may zeros on the left be left out. */
  readonly finite: boolean;
  /** Whether the panels are the wide ones that products with compressed rows read. */
  readonly wide: boolean;
}

const NARROW = 8;
const WIDE = 32;

/** Packs b for `multiply` and `multiplyTransposed`, or with `wide` for compressed rows. */
export function pack(
  { arena, run }: Kernels,
  b: Matrix,
  wide = false,
  into: Arena = arena,
): Panels {
  const at = into.allocate(panelBytes(b.rows, b.columns));
  const finite = run.packRows(at, b.at, b.rows, b.columns, wide ? WIDE : NARROW) === 1;
  return { at, source: b, depth: b.rows, columns: b.columns, finite, wide };
}

/** Packs the transpose of b. Whether it is finite is not looked at. */
export function packTransposed({ arena, run }: Kernels, b: Matrix, into: Arena = arena): Panels {
  const at = into.allocate(panelBytes(b.columns, b.rows));
  run.packColumns(at, b.at, b.columns, b.rows);
  return { at, source: b, depth: b.columns, columns: b.rows, finite: false, wide: false };
}

/** out <- a b, where a is rows x depth. */
export function multiply({ run }: Kernels, out: number, a: Matrix, b: Panels): void {
  run.multiplyPanels(out, a.at, a.columns * 4, 4, b.at, a.rows, b.columns, b.depth);
}

/** out <- a^T b, where a is depth x rows. */
export function multiplyTransposed({ run }: Kernels, out: number, a: Matrix, b: Panels): void {
  run.multiplyPanels(out, a.at, 4, a.columns * 4, b.at, a.columns, b.columns, b.depth);
}

function panelBytes(depth: number, columns: number): number {
  return depth * Math.ceil(columns / NARROW) * NARROW * 4;
}
