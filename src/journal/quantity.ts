/** A float32 or float64 result that may have left the finite numbers. */
export type Quantity = number | 'NaN' | 'Infinity' | '-Infinity';

/** NaN and infinities as the journal writes them. */
export function quantity(value: number): Quantity {
  return Number.isFinite(value) ? value : (String(value) as Quantity);
}

/** The number a quantity stands for. */
export function quantityValue(value: Quantity): number {
  return Number(value);
}
