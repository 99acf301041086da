import type { Attack } from 'edgemlsim/rules';
import aLittleIsEnough from './a-little-is-enough.ts';
import backdoor from './backdoor.ts';
import bitFlip from './bit-flip.ts';
import constant from './constant.ts';
import delay from './delay.ts';
import drop from './drop.ts';
import duplicate from './duplicate.ts';
import equivocation from './equivocation.ts';
import gaussian from './gaussian.ts';
import ieeeBitFlip from './ieee-bit-flip.ts';
import infinity from './infinity.ts';
import innerProductManipulation from './inner-product-manipulation.ts';
import labelFlip from './label-flip.ts';
import mimic from './mimic.ts';
import minMax from './min-max.ts';
import minSum from './min-sum.ts';
import nan from './nan.ts';
import optimalAlie from './optimal-alie.ts';
import optimalIpm from './optimal-ipm.ts';
import replay from './replay.ts';
import signFlip from './sign-flip.ts';
import zero from './zero.ts';

/** Every built-in attack; each is the default export of the file of its name. */
export const attacks: readonly Attack[] = [
  aLittleIsEnough,
  backdoor,
  bitFlip,
  constant,
  delay,
  drop,
  duplicate,
  equivocation,
  gaussian,
  ieeeBitFlip,
  infinity,
  innerProductManipulation,
  labelFlip,
  mimic,
  minMax,
  minSum,
  nan,
  optimalAlie,
  optimalIpm,
  replay,
  signFlip,
  zero,
];
