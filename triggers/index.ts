import type { TransferTrigger } from 'edgemlsim/rules';
import accuracyGain from './accuracy-gain.ts';
import afterPush from './after-push.ts';
import changes from './changes.ts';
import everyChange from './every-change.ts';
import interval from './interval.ts';
import never from './never.ts';
import relevance from './relevance.ts';
import significance from './significance.ts';

/** Every built-in trigger; each is the default export of the file of its name. */
export const triggers: readonly TransferTrigger[] = [
  accuracyGain,
  afterPush,
  changes,
  everyChange,
  interval,
  never,
  relevance,
  significance,
];
