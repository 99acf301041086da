// AdaGrad's update of each element, every operation rounded to float32.

/** out <- a + b * b. */
export function addSquares(out: usize, a: usize, b: usize, length: i32): void {
  const end = length & ~3;
  let i = 0;
  for (; i < end; i += 4) {
    const at = <usize>i << 2;
    const each = v128.load(b + at);
    v128.store(out + at, f32x4.add(v128.load(a + at), f32x4.mul(each, each)));
  }
  for (; i < length; i += 1) {
    const at = <usize>i << 2;
    const each = load<f32>(b + at);
    store<f32>(out + at, load<f32>(a + at) + each * each);
  }
}

/** out <- a / (sqrt(squares) + epsilon). */
export function divideByRoots(
  out: usize,
  a: usize,
  squares: usize,
  epsilon: f32,
  length: i32,
): void {
  const epsilons = f32x4.splat(epsilon);
  const end = length & ~3;
  let i = 0;
  for (; i < end; i += 4) {
    const at = <usize>i << 2;
    const divisors = f32x4.add(f32x4.sqrt(v128.load(squares + at)), epsilons);
    v128.store(out + at, f32x4.div(v128.load(a + at), divisors));
  }
  for (; i < length; i += 1) {
    const at = <usize>i << 2;
    store<f32>(out + at, load<f32>(a + at) / (sqrt<f32>(load<f32>(squares + at)) + epsilon));
  }
}
