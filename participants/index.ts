import type { ParticipantRule } from 'edgemlsim/rules';
import all from './all.ts';
import fastest from './fastest.ts';
import randomCount from './random-count.ts';
import randomShare from './random-share.ts';

/** Every built-in rule of participants; each is the default export of the file of its name. */
export const participantRules: readonly ParticipantRule[] = [
  all,
  fastest,
  randomCount,
  randomShare,
];
