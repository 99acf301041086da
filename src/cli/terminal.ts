import type { WriteStream } from 'node:tty';
import picocolors from 'picocolors';

/** Colours for one stream: only on a terminal, and never against NO_COLOR. */
export function coloursFor(
  stream: Pick<WriteStream, 'isTTY'>,
): ReturnType<typeof picocolors.createColors> {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return picocolors.createColors(false);
  const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  // Not undefined, for which picocolors decides by itself: it colours wherever CI is set.
  return picocolors.createColors(isForced || (stream.isTTY === true && TERM !== 'dumb'));
}

/** Characters that a line of the stream has room for: infinite where the stream is no terminal. */
export function widthOf({ isTTY, columns }: Pick<WriteStream, 'isTTY' | 'columns'>): number {
  return isTTY ? columns || 80 : Number.POSITIVE_INFINITY;
}
