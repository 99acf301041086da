import type { SimulatedLine } from '#src/journal/events.js';

export type Line<Type> = Extract<SimulatedLine, { type: Type }>;

/** The lines of one type. */
export function only<Type extends SimulatedLine['type']>(
  lines: readonly SimulatedLine[],
  type: Type,
): Line<Type>[] {
  return lines.filter((line): line is Line<Type> => line.type === type);
}
