// The built-in attacks on vectors as functions: `import { signFlip } from 'edgemlsim/attacks'`.
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

export type { AttackContext, AttackFunction, SeededSettings } from './callable.ts';
export type { VectorInput } from './inputs.ts';

export const aLittleIsEnough = callableAttack(aLittleIsEnoughRule);
export const bitFlip = callableAttack(bitFlipRule);
export const constant = callableAttack(constantRule);
export const gaussian = callableAttack(gaussianRule);
export const ieeeBitFlip = callableAttack(ieeeBitFlipRule);
export const infinity = callableAttack(infinityRule);
export const innerProductManipulation = callableAttack(innerProductManipulationRule);
export const mimic = callableAttack(mimicRule);
export const minMax = callableAttack(minMaxRule);
export const minSum = callableAttack(minSumRule);
export const nan = callableAttack(nanRule);
export const optimalAlie = callableAttack(optimalAlieRule);
export const optimalIpm = callableAttack(optimalIpmRule);
export const replay = callableAttack(replayRule);
export const signFlip = callableAttack(signFlipRule);
export const zero = callableAttack(zeroRule);
