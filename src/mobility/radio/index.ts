import { disc } from './disc.ts';
import type { Radio } from './radio.ts';

/** Every model of radio by its name. */
export const radios = { disc } satisfies Record<string, Radio>;
