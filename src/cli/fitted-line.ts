/** A part of a line that has to fit a width. */
export interface LinePart {
  /** From the longest to the shortest; the empty one leaves the part out. */
  forms: readonly string[];
  /** Parts of a lower rank are shortened first. */
  rank: number;
  paint?: (text: string) => string;
}

/** The parts as one line of at most `width` characters, those of low rank shortened to fit. */
export function fittedLine(parts: readonly LinePart[], width: number, separator: string): string {
  const chosen = parts.map(() => 0);
  const form = (index: number) => parts[index]!.forms[chosen[index]!]!;
  const shown = () => [...parts.keys()].filter((index) => form(index) !== '');
  const length = () => shown().map(form).join(separator).length;
  const byRank = [...parts.keys()].sort((a, b) => parts[a]!.rank - parts[b]!.rank);
  for (const index of byRank) {
    while (length() > width && chosen[index]! < parts[index]!.forms.length - 1) chosen[index]! += 1;
  }
  if (length() > width) return cut(shown().map(form).join(separator), width);
  return shown()
    .map((index) => parts[index]!.paint?.(form(index)) ?? form(index))
    .join(separator);
}

/** The text, its end replaced by an ellipsis where it is longer than the width. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
