/** One measured figure, against what it was measured in the same run. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The figure that it is compared with. */
  reference?: string;
  /** This figure over the reference's, so that 1 is as good. */
  ratio?: number;
  /** The project's target for the ratio, or for the value. */
  target?: string;
  note?: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
