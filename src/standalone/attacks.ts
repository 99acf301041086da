/**
 * The built-in attacks on vectors as functions: `import { signFlip } from 'edgemlsim/attacks'`.
 * `docs/rules.md` has the formula, the cost, the ties and the options of each.
 *
 * @module edgemlsim/attacks
 */

import aLittleIsEnoughRule from '../../attacks/a-little-is-enough.ts';
import bitFlipRule from '../../attacks/bit-flip.ts';
import constantRule from '../../attacks/constant.ts';
import gaussianRule from '../../attacks/gaussian.ts';
import ieeeBitFlipRule from '../../attacks/ieee-bit-flip.ts';
import infinityRule from '../../attacks/infinity.ts';
import innerProductManipulationRule from '../../attacks/inner-product-manipulation.ts';
import mimicRule from '../../attacks/mimic.ts';
import minMaxRule from '../../attacks/min-max.ts';
import minSumRule from '../../attacks/min-sum.ts';
import nanRule from '../../attacks/nan.ts';
import optimalAlieRule from '../../attacks/optimal-alie.ts';
import optimalIpmRule from '../../attacks/optimal-ipm.ts';
import replayRule from '../../attacks/replay.ts';
import signFlipRule from '../../attacks/sign-flip.ts';
import zeroRule from '../../attacks/zero.ts';
import { callableAttack } from './callable.ts';

export type { AttackContext, AttackFunction, OwnOptions, SeededSettings } from './callable.ts';
export type { VectorInput } from './inputs.ts';
export { callableAttack };

/**
 * A little is enough (ALIE): every Byzantine node sends the honest mean, moved by z standard
 * deviations at every coordinate: a forged vector within the honest spread.
 *
 * Source: Baruch et al., "A little is enough", NeurIPS 2019, algorithm 3; its example n = 50, m =
 * 24 has s = 2, (26 - 2) / 26 = 0.923 and z = 1.43.
 */
export const aLittleIsEnough = callableAttack(aLittleIsEnoughRule);

/**
 * Bit flip: every Byzantine node sends a negated vector: one with its sign bits flipped. (What
 * flips chosen bits of the float32 instead is another attack, `ieee-bit-flip`.)
 *
 * Source: Xie et al., "Zeno", ICML 2019 (bit-flipping attack); EdgeMLSim's code.
 */
export const bitFlip = callableAttack(bitFlipRule);

/**
 * Constant: a Byzantine node sends the same value at every coordinate.
 *
 * Source: Li et al., "RSA", AAAI 2019 (same-value attack).
 */
export const constant = callableAttack(constantRule);

/**
 * Gaussian: a Byzantine node sends normal noise, or its own gradient with noise added.
 *
 * Source: Xie et al., "Generalized Byzantine-tolerant SGD", 2018 (replaced, sigma 200);
 * EdgeMLSim's code.
 */
export const gaussian = callableAttack(gaussianRule);

/**
 * IEEE bit flip: chosen bits of the float32 values are flipped, as broken memory or links do.
 *
 * Source: Xie et al., "Generalized Byzantine-tolerant SGD", 2018 (bit-flip attack: bits 22, 30, 31
 * and 32 of one worker's value at a coordinate).
 */
export const ieeeBitFlip = callableAttack(ieeeBitFlipRule);

/**
 * Infinity: a Byzantine node sends infinity at every coordinate, as one does whose training
 * diverged.
 */
export const infinity = callableAttack(infinityRule);

/**
 * Inner-product manipulation (IPM): every Byzantine node sends the mean of the honest vectors
 * times -tau.
 *
 * Source: Xie et al., "Fall of empires", UAI 2019.
 */
export const innerProductManipulation = callableAttack(innerProductManipulationRule);

/**
 * Mimic: every Byzantine node sends a copy of one honest vector, so that its sender counts too
 * much. No forged vector is an outlier; it harms where data differ from worker to worker.
 *
 * Source: Karimireddy et al., "Byzantine-robust learning on heterogeneous datasets via bucketing",
 * ICLR 2022, appendix; 20 steps as in ByzFL's documentation.
 */
export const mimic = callableAttack(mimicRule);

/**
 * Min-max: every Byzantine node sends the honest mean, moved against it as far as possible while
 * it is no farther from any honest vector than two honest ones are from each other.
 *
 * Source: Shejwalkar and Houmansadr, "Manipulating the Byzantine", NDSS 2021, section IV-C.
 */
export const minMax = callableAttack(minMaxRule);

/**
 * Min-sum: every Byzantine node sends the honest mean, moved against it as far as possible while
 * its squared distances to the honest vectors are no more, in sum, than those of an honest one.
 *
 * Source: Shejwalkar and Houmansadr, "Manipulating the Byzantine", NDSS 2021, section IV-C.
 */
export const minSum = callableAttack(minSumRule);

/**
 * NaN: a Byzantine node sends what is no number at every coordinate.
 */
export const nan = callableAttack(nanRule);

/**
 * Optimal ALIE: a little is enough with the number of deviations that pushes this server's own
 * rule furthest.
 *
 * Source: ByzFL's Optimal_ALittleIsEnough; Baruch et al., "A little is enough", NeurIPS 2019;
 * Shejwalkar and Houmansadr, NDSS 2021, for the search.
 */
export const optimalAlie = callableAttack(optimalAlieRule);

/**
 * Optimal IPM: inner-product manipulation with the factor that pushes this server's own rule
 * furthest.
 *
 * Source: ByzFL's Optimal_InnerProductManipulation; Xie et al., "Fall of empires", UAI 2019;
 * Shejwalkar and Houmansadr, NDSS 2021, for the search.
 */
export const optimalIpm = callableAttack(optimalIpmRule);

/**
 * Replay: Byzantine nodes send old gradients again, as a stale cache or a recorded message does.
 */
export const replay = callableAttack(replayRule);

/**
 * Sign flip: a Byzantine node sends its own gradient times -magnitude.
 *
 * Source: Li et al., "RSA", AAAI 2019 (sign-flipping attack, there with a magnitude); EdgeMLSim's
 * code.
 */
export const signFlip = callableAttack(signFlipRule);

/**
 * Zero: a Byzantine node sends zeros, as one does that has stopped learning but still answers.
 *
 * Source: a special case of the same-value attack of Li et al., "RSA", AAAI 2019.
 */
export const zero = callableAttack(zeroRule);
