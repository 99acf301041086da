/**
 * Where a change is counted from once a sparse part of it was sent: at the sent parameters from where the
 * model is now, at the others from where it was. So what is left is exactly the rest of the change: elements
 * are chosen, nothing is computed.
 */
export function withoutSent(
  base: Float32Array,
  theta: Float32Array,
  sent: Float32Array,
  out: Float32Array,
): void {
  for (const [index, element] of sent.entries()) {
    out[index] = element === 0 ? base[index]! : theta[index]!;
  }
}
