import type { Area } from './area.ts';

/** Column and row of a cell, from the origin of the map. */
type Cell = readonly [column: number, row: number];

/**
 * Squares of a grid over the map: cell (c, r) is c s <= x < (c + 1) s, r s <= y < (r + 1) s, where s is
 * `sizeM`.
 */
export function cells(sizeM: number, list: readonly Cell[]): Area {
  const chosen = new Set(list.map(keyOf));
  return {
    contains: (x, y) => chosen.has(keyOf([Math.floor(x / sizeM), Math.floor(y / sizeM)])),
    crossings: (x, y, toX, toY) => [...linesBetween(x, toX, sizeM), ...linesBetween(y, toY, sizeM)],
  };
}

function keyOf([column, row]: Cell): string {
  return `${column},${row}`;
}

function linesBetween(from: number, to: number, sizeM: number): number[] {
  const [least, most] = from < to ? [from, to] : [to, from];
  const found: number[] = [];
  for (let line = Math.ceil(least / sizeM); line * sizeM <= most; line += 1) {
    if (from !== to) found.push((line * sizeM - from) / (to - from));
  }
  return found;
}
