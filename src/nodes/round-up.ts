/**
 * a * b, rounded up to a whole number. The error of multiplying decimals in binary is not counted:
 * 1.1 * 100 is 110, though the product of the two doubles is a little more.
 */
export function roundUpProduct(a: number, b: number): number {
  return Math.ceil(Number((a * b).toPrecision(12)));
}
