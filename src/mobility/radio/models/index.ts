import type { RadioModel } from '../../../rules/contract/radio-model.ts';
import expression from './expression.ts';
import freeSpace from './free-space.ts';
import logDistance from './log-distance.ts';
import twoRayGround from './two-ray-ground.ts';
import umiStreetCanyon from './umi-street-canyon.ts';

/** Every built-in radio model; each is the default export of the file of its name. */
export const radioModels: readonly RadioModel[] = [
  freeSpace,
  twoRayGround,
  logDistance,
  umiStreetCanyon,
  expression,
] as readonly RadioModel[];
