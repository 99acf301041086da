import { InputError, RunError } from '../../errors.ts';
import { ByLoad } from '../../mobility/association/by-load.ts';
import {
  type MobilityEvent,
  type MobilityMap,
  planMobility,
  type Workers,
} from '../../mobility/contacts.ts';
import type { Trace } from '../../mobility/trace.ts';
import type { LoadPolicy } from '../../rules/contract/association-policy.ts';
import type { ParticipantRule } from '../../rules/contract/participants.ts';
import type { Chosen } from '../../rules/running/chosen.ts';
import { chosenAmong } from '../../rules/running/participating.ts';
import { openStream } from '../../simulation/random.ts';

/** Instants of movement for which a policy by load is tried. */
const MOST_INSTANTS = 2000;

/** Asks a policy of the user's own as a run would, at the first movements of the trace. Throws InputError for a wrong answer. */
export function tryLoadPolicy(
  policy: Chosen<LoadPolicy>,
  trace: Trace,
  map: Omit<MobilityMap, 'region' | 'signal'>,
  workers: Workers,
): void {
  if (policy.file === undefined) return;
  const { events } = planMobility(trace, { ...map, region: null, signal: null }, workers);
  const byLoad = new ByLoad(policy, new Map());
  let movements: MobilityEvent[] = [];
  let instants = 0;
  for (const event of events) {
    if (movements.length > 0 && movements[0]!.timeUs !== event.timeUs) {
      byLoad.decide(movements);
      movements = [];
      instants += 1;
      if (instants === MOST_INSTANTS) return;
    }
    movements.push(event);
  }
  if (movements.length > 0) byLoad.decide(movements);
}

/** Asks a rule of the user's own to choose among one child and among three, before and after they have answered. Throws InputError. */
export function tryParticipants(rule: Chosen<ParticipantRule>): void {
  if (rule.file === undefined) return;
  const random = openStream(0, 'participants');
  for (const count of [1, 3]) {
    for (const tookS of [null, 1]) {
      const candidates = Array.from({ length: count }, (_, index) => ({
        id: `child-${index + 1}`,
        tookS: tookS === null ? null : tookS + index,
      }));
      try {
        chosenAmong(rule, candidates, random);
      } catch (error) {
        if (error instanceof RunError) throw new InputError({ found: error.message });
        throw error;
      }
    }
  }
}
