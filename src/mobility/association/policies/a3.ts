import { z } from 'zod';
import {
  defineAssociationPolicy,
  type ServerInRange,
} from '../../../rules/contract/association-policy.ts';
import { strongestOf } from '../../../rules/toolbox/strongest.ts';

const options = z.strictObject({
  offsetDb: z.number().default(2).describe('a3-Offset: by how much another one must be stronger'),
  hysteresisDb: z.number().min(0).default(1).describe('Hys: added to enter, taken off to leave'),
  timeToTriggerS: z
    .number()
    .min(0)
    .default(0.16)
    .describe('seconds that the condition holds without a break'),
});

/**
 * Event A3 of cellular networks: another server has been stronger than the current one by an offset.
 *
 * A neighbour enters when Mn - Mp > offset + hysteresis and leaves when Mn - Mp <= offset - hysteresis, Mn and Mp
 * the powers received from it and from the current server. One that has entered and not left for
 * `timeToTriggerS` takes the worker over; of several, the strongest. Out of range of its server a worker
 * is with the strongest one at once.
 *
 * Between equal sites 500 m apart, n = 2 and 3 dB in all: over at 500 r / (1 + r) = 292.7493 m, r = 10^(3/20).
 *
 * Source: 3GPP TS 38.331, section 5.5.4.4, without offsets of frequencies and cells.
 */
export default defineAssociationPolicy<z.output<typeof options>>({
  name: 'a3',
  summary: 'another server once it was stronger by an offset for a time',
  options,
  needsPower: true,
  differencesDb: ({ offsetDb, hysteresisDb }) => [offsetDb + hysteresisDb, offsetDb - hysteresisDb],
  decide({ nowUs, inRange, current, state }, { offsetDb, hysteresisDb, timeToTriggerS }) {
    if (current === null) return { server: strongestOf(inRange, null) };
    const before = (state ?? {}) as Readonly<Record<string, number>>;
    const entered: Record<string, number> = {};
    const due: ServerInRange[] = [];
    const triggerUs = Math.round(timeToTriggerS * 1e6);
    const { strengthDb } = inRange.find(({ server }) => server === current)!;
    for (const other of inRange) {
      const { server } = other;
      const differenceDb = other.strengthDb - strengthDb;
      const isKept = Object.hasOwn(before, server) && differenceDb > offsetDb - hysteresisDb;
      if (server === current || !(isKept || differenceDb > offsetDb + hysteresisDb)) continue;
      const sinceUs = isKept ? before[server]! : nowUs;
      entered[server] = sinceUs;
      if (nowUs >= sinceUs + triggerUs) due.push(other);
    }
    if (due.length > 0) return { server: strongestOf(due, null) };
    const askAgainUs = Math.min(...Object.values(entered)) + triggerUs;
    return Number.isFinite(askAgainUs)
      ? { server: current, state: entered, askAgainUs }
      : { server: current };
  },
});
