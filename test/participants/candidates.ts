import type { ParticipantRule } from '#src/rules/contract/participants.js';
import { openStream } from '#src/simulation/random.js';

/** The ids that a rule takes of children that took that long. */
export function taken<Options>(
  { choose }: ParticipantRule<Options>,
  times: readonly (number | null)[],
  options: Options,
  random = openStream(1, 'participants'),
): number[] {
  const candidates = times.map((tookS, index) => ({ id: `worker-${index}`, tookS }));
  return [...choose(candidates, random, options)];
}

/** Children without a time. */
export function children(count: number): null[] {
  return Array.from({ length: count }, () => null);
}

/** How often each of five is taken in many rounds. */
export function countsOf<Options>(rule: ParticipantRule<Options>, options: Options): number[] {
  const random = openStream(2, 'participants');
  const counts = [0, 0, 0, 0, 0];
  for (let round = 0; round < 2000; round += 1) {
    for (const index of taken(rule, children(5), options, random)) counts[index]! += 1;
  }
  return counts;
}
