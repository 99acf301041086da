export { mixLanes } from './checksum';
export { addScaled, addScaledFinite, allFinite, scale, sumDivided } from './vectors';
export { packColumns, packRows } from './panels';
export { multiplyPanels } from './gemm';
export { multiplyCompressed, scatterCompressed, transposeCompressed } from './compressed';
export * from './items';
export * from './layers';
export { exponentials, logarithms } from './exponential';
export * from './activations';
export * from './pooling';
export * from './windows';
export * from './squared-loss';
export * from './adagrad';
export {
  dot,
  squaredDistance,
  squaredNorm,
  wideSquaredDistance,
  wideSquaredNorm,
} from './reductions';
export { gramOf } from './gram';
export * from './softmax';
export * from './combining';
export * from './selection';
