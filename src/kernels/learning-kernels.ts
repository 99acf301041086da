/**
 * Kernels for models: matrix products, layers, losses and the optimiser. Addresses and lengths as
 * in kernel-exports.ts.
 */
export interface LearningKernels {
  // panels.ts
  packRows(panels: number, b: number, depth: number, columns: number, widest: number): number;
  packColumns(panels: number, b: number, depth: number, columns: number): void;

  // gemm.ts
  multiplyPanels(
    out: number,
    a: number,
    rowStrideBytes: number,
    stepStrideBytes: number,
    panels: number,
    rows: number,
    columns: number,
    depth: number,
  ): void;

  // compressed.ts
  multiplyCompressed(
    out: number,
    starts: number,
    entries: number,
    panels: number,
    rows: number,
    columns: number,
    depth: number,
  ): void;
  transposeCompressed(
    outStarts: number,
    outEntries: number,
    starts: number,
    entries: number,
    rows: number,
    columns: number,
  ): void;
  scatterCompressed(
    out: number,
    starts: number,
    entries: number,
    rows: number,
    columns: number,
  ): void;

  // items.ts
  gatherPixels(
    out: number,
    inputs: number,
    items: number,
    count: number,
    features: number,
    scale: number,
  ): void;
  gatherFloats(
    out: number,
    inputs: number,
    items: number,
    count: number,
    features: number,
    scale: number,
  ): void;
  gatherCompressedPixels(
    outStarts: number,
    outEntries: number,
    starts: number,
    columns: number,
    values: number,
    items: number,
    count: number,
    scale: number,
  ): void;
  gatherCompressedFloats(
    outStarts: number,
    outEntries: number,
    starts: number,
    columns: number,
    values: number,
    items: number,
    count: number,
    scale: number,
  ): void;
  countPixels(inputs: number, length: number): number;
  compressPixels(
    starts: number,
    columns: number,
    values: number,
    inputs: number,
    rows: number,
    features: number,
    start: number,
  ): number;

  // layers.ts
  addBiases(out: number, biases: number, rows: number, columns: number): void;
  rectify(out: number, length: number): void;
  rectifyGradient(gradient: number, output: number, length: number): void;
  sumRows(out: number, a: number, rows: number, columns: number): void;

  // exponential.ts
  exponentials(out: number, a: number, length: number): void;
  logarithms(out: number, a: number, length: number): void;

  // activations.ts
  sigmoids(out: number, a: number, length: number): void;
  sigmoidGradient(gradient: number, output: number, length: number): void;
  hyperbolicTangents(out: number, a: number, length: number): void;
  hyperbolicTangentGradient(gradient: number, output: number, length: number): void;
  drop(
    out: number,
    a: number,
    length: number,
    keyLow: number,
    keyHigh: number,
    threshold: number,
    factor: number,
  ): void;

  // windows.ts
  compressGrid(
    starts: number,
    entries: number,
    image: number,
    rows: number,
    columns: number,
    channels: number,
    gridRows: number,
    gridColumns: number,
    top: number,
    left: number,
    step: number,
    indexStep: number,
    keepZeros: number,
  ): void;
  multiplyWindows(
    out: number,
    starts: number,
    entries: number,
    panels: number,
    outRows: number,
    outColumns: number,
    filters: number,
    size: number,
    stride: number,
    gridColumns: number,
    channels: number,
  ): void;
  accumulateWindows(
    out: number,
    starts: number,
    entries: number,
    image: number,
    filters: number,
    size: number,
    imageColumns: number,
    channels: number,
  ): void;
  padImage(
    out: number,
    image: number,
    rows: number,
    columns: number,
    channels: number,
    gridRows: number,
    gridColumns: number,
    top: number,
    left: number,
  ): void;
  transpose(out: number, a: number, rows: number, columns: number): void;
  clear(out: number, length: number): void;

  // pooling.ts
  maxPool(
    out: number,
    image: number,
    outRows: number,
    outColumns: number,
    imageColumns: number,
    channels: number,
    size: number,
    stride: number,
  ): void;
  maxPoolGradient(
    passed: number,
    gradient: number,
    image: number,
    outRows: number,
    outColumns: number,
    imageColumns: number,
    channels: number,
    size: number,
    stride: number,
  ): void;
  averagePool(
    out: number,
    image: number,
    outRows: number,
    outColumns: number,
    imageColumns: number,
    channels: number,
    size: number,
    stride: number,
  ): void;
  averagePoolGradient(
    passed: number,
    gradient: number,
    outRows: number,
    outColumns: number,
    imageColumns: number,
    channels: number,
    size: number,
    stride: number,
  ): void;

  // squared-loss.ts
  squaredLossGradient(
    outputs: number,
    labels: number,
    items: number,
    rows: number,
    classes: number,
  ): number;
  squaredLossConfusion(
    total: number,
    confusion: number,
    outputs: number,
    labels: number,
    items: number,
    rows: number,
    classes: number,
  ): number;

  squaredDistanceGradient(
    outputs: number,
    targets: number,
    items: number,
    rows: number,
    columns: number,
  ): number;
  squaredDistanceErrors(
    total: number,
    errors: number,
    outputs: number,
    targets: number,
    items: number,
    rows: number,
    columns: number,
  ): number;

  // adagrad.ts
  addSquares(out: number, a: number, b: number, length: number): void;
  divideByRoots(out: number, a: number, squares: number, epsilon: number, length: number): void;

  // softmax.ts
  crossEntropyGradient(
    logits: number,
    labels: number,
    items: number,
    rows: number,
    classes: number,
  ): number;
  crossEntropyConfusion(
    total: number,
    confusion: number,
    logits: number,
    labels: number,
    items: number,
    rows: number,
    classes: number,
  ): number;
  argmax(a: number, length: number): number;
}
