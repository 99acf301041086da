import type { Kernels } from './kernels.ts';
import type { Panels } from './products.ts';

/** Row by row, the channels of a pixel side by side. */
export interface Image {
  /** Byte offset. */
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
}

/** Where an image's pixels go: the first to (top, left), the others `step` apart. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly top: number;
  readonly left: number;
  readonly step: number;
}

/** Room for an image's numbers that are not zero, by the pixels of a grid. */
interface CompressedImage {
  readonly starts: number;
  readonly entries: number;
  readonly grid: Grid;
  readonly channels: number;
}

const ENTRY_BYTES = 8;
/** For a kernel that writes an entry before it knows whether to keep it. */
const SLACK_BYTES = 64;

/** Room for images with all their numbers. */
export function roomForCompressed(
  { arena }: Kernels,
  { rows, columns, channels }: Omit<Image, 'at'>,
  grid: Grid,
): CompressedImage {
  const starts = arena.allocate((grid.rows * grid.columns + 1) * 4);
  const entries = arena.allocate(rows * columns * channels * ENTRY_BYTES + SLACK_BYTES);
  return { starts, entries, grid, channels };
}

/**
 * Compresses an image for `multiplyWindows`, or with `byPixel` for `accumulateWindows`. Zeros may
 * be left out while what they are multiplied with is finite.
 */
export function compressImage(
  { run }: Kernels,
  { starts, entries, grid }: CompressedImage,
  { at, rows, columns, channels }: Image,
  { keepZeros, byPixel = false }: { keepZeros: boolean; byPixel?: boolean },
): void {
  const indexStep = byPixel ? 0 : channels;
  run.compressGrid(
    starts,
    entries,
    at,
    rows,
    columns,
    channels,
    grid.rows,
    grid.columns,
    grid.top,
    grid.left,
    grid.step,
    indexStep,
    keepZeros ? 1 : 0,
  );
}

/** out <- out + the image's windows of size x size, `stride` apart, times the panels. */
export function multiplyWindows(
  { run }: Kernels,
  out: Image,
  { starts, entries, grid, channels }: CompressedImage,
  panels: Panels,
  { size, stride }: { size: number; stride: number },
): void {
  run.multiplyWindows(
    out.at,
    starts,
    entries,
    panels.at,
    out.rows,
    out.columns,
    out.channels,
    size,
    stride,
    grid.columns,
    channels,
  );
}

/**
 * out (a row a channel of `gradient`) <- out + for each channel the sum of its numbers times the
 * windows of the image that begin at their pixels. `byChannel` is room for as many entries.
 * Reads up to 28 bytes behind the image.
 */
export function accumulateWindows(
  { run }: Kernels,
  out: number,
  gradient: CompressedImage,
  byChannel: { starts: number; entries: number },
  image: Image,
  size: number,
): void {
  const { starts, entries, grid, channels } = gradient;
  const pixels = grid.rows * grid.columns;
  run.transposeCompressed(byChannel.starts, byChannel.entries, starts, entries, pixels, channels);
  run.accumulateWindows(
    out,
    byChannel.starts,
    byChannel.entries,
    image.at,
    channels,
    size,
    image.columns,
    image.channels,
  );
}

/** Copies an image onto a grid of zeros at `out`. */
export function padImage(
  { run }: Kernels,
  out: number,
  { at, rows, columns, channels }: Image,
  grid: Grid,
): Image {
  run.padImage(out, at, rows, columns, channels, grid.rows, grid.columns, grid.top, grid.left);
  return { at: out, rows: grid.rows, columns: grid.columns, channels };
}

/** Room for an image on a grid, and for kernels that read on behind it. */
export function roomForPadded({ arena }: Kernels, grid: Grid, channels: number): number {
  return arena.allocate(grid.rows * grid.columns * channels * 4 + SLACK_BYTES);
}
