/**
 * Distribution function of Student's t with a whole number of degrees of freedom, by its finite sums
 * (Abramowitz and Stegun, 26.7.3 and 26.7.4): exact but for rounding.
 */
export function studentT(t: number, degreesOfFreedom: number): number {
  if (!Number.isFinite(t)) return t > 0 ? 1 : 0;
  const theta = Math.atan2(t, Math.sqrt(degreesOfFreedom));
  const [sin, cos] = [Math.sin(theta), Math.cos(theta)];
  const isOdd = degreesOfFreedom % 2 === 1;
  let term = isOdd ? cos : 1;
  let sum = degreesOfFreedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= degreesOfFreedom - 2; k += 2) {
    term *= ((k - 1) / k) * cos * cos;
    sum += term;
  }
  // The probability of -t to t, with the sign of t.
  const within = isOdd ? (2 / Math.PI) * (theta + sin * sum) : sin * sum;
  return (1 + within) / 2;
}

/** Where that distribution reaches a probability between 0 and 1, by bisection to the last digit. */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  if (probability < 0.5) return -studentTQuantile(1 - probability, degreesOfFreedom);
  let low = 0;
  let high = 1;
  while (studentT(high, degreesOfFreedom) < probability) high *= 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return high;
    if (studentT(middle, degreesOfFreedom) < probability) low = middle;
    else high = middle;
  }
}
