// Parts of a dense layer besides its product: biases, rectifier, and their gradients.

/** out (rows x columns) <- out + biases, row by row. */
export function addBiases(out: usize, biases: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row += 1) {
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      const bias = v128.load(biases + (<usize>column << 2));
      v128.store(out, f32x4.add(v128.load(out), bias));
      out += 16;
    }
    for (; column < columns; column += 1) {
      store<f32>(out, load<f32>(out) + load<f32>(biases + (<usize>column << 2)));
      out += 4;
    }
  }
}

/** In place: 0 for what is negative, the element itself otherwise (-0 and NaN too). */
export function rectify(out: usize, length: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    v128.store(out, f32x4.pmax(v128.load(out), zero));
    out += 16;
  }
  for (; i < length; i += 1) {
    if (load<f32>(out) < 0) store<f32>(out, 0);
    out += 4;
  }
}

/**
 * In place, gradient <- gradient where the rectifier's output is positive, 0 where it is 0 (the
 * gradient at 0 is 0, for any gradient from above), NaN where it is NaN.
 */
export function rectifyGradient(gradient: usize, output: usize, length: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const value = v128.load(output);
    const passed = v128.and(v128.load(gradient), f32x4.gt(value, zero));
    v128.store(gradient, v128.bitselect(value, passed, f32x4.ne(value, value)));
    gradient += 16;
    output += 16;
  }
  for (; i < length; i += 1) {
    const value = load<f32>(output);
    if (!(value > 0)) store<f32>(gradient, value == value ? 0 : value);
    gradient += 4;
    output += 4;
  }
}

/** out (columns) <- the sum over the rows, ascending, of a (rows x columns). */
export function sumRows(out: usize, a: usize, rows: i32, columns: i32): void {
  const stride = <usize>columns << 2;
  let column = 0;
  // A cache line of each row at a time.
  for (; column + 16 <= columns; column += 16) {
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let from = a + (<usize>column << 2);
    for (let row = 0; row < rows; row += 1) {
      sum0 = f32x4.add(sum0, v128.load(from));
      sum1 = f32x4.add(sum1, v128.load(from, 16));
      sum2 = f32x4.add(sum2, v128.load(from, 32));
      sum3 = f32x4.add(sum3, v128.load(from, 48));
      from += stride;
    }
    const to = out + (<usize>column << 2);
    v128.store(to, sum0);
    v128.store(to, sum1, 16);
    v128.store(to, sum2, 32);
    v128.store(to, sum3, 48);
  }
  for (; column + 4 <= columns; column += 4) {
    let sum = f32x4.splat(0);
    let from = a + (<usize>column << 2);
    for (let row = 0; row < rows; row += 1) {
      sum = f32x4.add(sum, v128.load(from));
      from += stride;
    }
    v128.store(out + (<usize>column << 2), sum);
  }
  for (; column < columns; column += 1) {
    let sum: f32 = 0;
    let from = a + (<usize>column << 2);
    for (let row = 0; row < rows; row += 1) {
      sum += load<f32>(from);
      from += stride;
    }
    store<f32>(out + (<usize>column << 2), sum);
  }
}
