const EMPTY: ReadonlySet<string | undefined> = new Set(['', '-', undefined]);

/** A table without those of the columns `optional` that hold nothing in any row. */
export function filledColumns(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  optional: readonly string[],
): { header: string[]; rows: string[][] } {
  const isShown = header.map(
    (title, i) => !optional.includes(title) || rows.some((row) => !EMPTY.has(row[i])),
  );
  const shown = (cells: readonly string[]) => cells.filter((_, i) => isShown[i]);
  return { header: shown(header), rows: rows.map(shown) };
}
