import { InputError } from '../../errors.ts';
import type {
  AssociationAnswer,
  AssociationPolicy,
  ServerInRange,
} from '../../rules/contract/association-policy.ts';
import { askedOf, type Chosen, named } from '../../rules/running/chosen.ts';
import type { TimeUs } from '../../simulation/time.ts';
import type { RangeContact } from '../coverage.ts';
import type { Presence } from '../presence.ts';
import type { Strength } from '../radio/strength.ts';
import { type Site, seenBy } from '../site.ts';
import { type Association, addStay, type Stay } from './association.ts';
import { courseAt, firstWhere, searchTimes } from './crossing.ts';

const KIND = 'association policy';
const SOON_US = 1000;
const MOST_SOON = 10_000;

/** Asks a policy at each contact that begins or ends, at each difference of strength that is crossed, and when it asked for it. */
export function decidedBy(
  policy: Chosen<AssociationPolicy>,
  sites: readonly Site[],
  strength: Strength,
): Association {
  const { rule, options } = policy;
  const differencesDb = rule.differencesDb?.(options) ?? [];
  return (presence, contacts, wayOf) => {
    const ways = new Map(contacts.map((contact) => [contact, wayOf(contact)]));
    const worker = new OneWorker(ways, presence.kind, sites, strength, differencesDb);
    const stays: Stay[] = [];
    let inRange: RangeContact[] = [];
    let current: RangeContact | null = null;
    let sinceUs: TimeUs = 0;
    let state: unknown;
    let next = 0;
    let nowUs: TimeUs = 0;
    let soon = 0;
    while (next < contacts.length || inRange.length > 0) {
      if (inRange.length === 0) {
        nowUs = contacts[next]!.enterUs;
        state = undefined;
        sinceUs = nowUs;
      }
      while (contacts[next]?.enterUs === nowUs) inRange.push(contacts[next++]!);
      inRange.sort((a, b) => (worker.serverOf(a) < worker.serverOf(b) ? -1 : 1));
      let askAgainUs: TimeUs | undefined;
      // With another server other differences count, so the policy is asked again at once.
      for (let asked = 0, isOther = true; isOther && asked <= inRange.length; asked += 1) {
        const moment = {
          ...{ nowUs, sinceUs, state },
          current: current === null ? null : worker.serverOf(current),
          inRange: inRange.map((contact) => worker.seen(contact, nowUs)),
        };
        const answer: AssociationAnswer = askedOf(KIND, policy, () => rule.decide(moment, options));
        needAnswer(answer, nowUs, policy);
        const { server } = answer;
        const chosen = inRange.find((contact) => worker.serverOf(contact) === server) ?? null;
        if (chosen === null && server !== null) throw notInRange(rule.name, server);
        isOther = chosen !== current;
        if (isOther) sinceUs = nowUs;
        current = chosen;
        ({ state, askAgainUs } = answer);
      }

      let untilUs = contacts[next]?.enterUs ?? Number.POSITIVE_INFINITY;
      for (const { leaveUs } of inRange) untilUs = Math.min(untilUs, leaveUs);
      if (askAgainUs !== undefined && askAgainUs > nowUs) {
        untilUs = Math.min(untilUs, Math.ceil(askAgainUs));
      }
      if (current !== null) {
        untilUs = worker.nextCrossing(current, inRange, nowUs, untilUs);
        addStay(stays, current, nowUs, untilUs);
      }
      soon = soonAgain(soon, untilUs - nowUs, policy);
      nowUs = untilUs;
      inRange = inRange.filter(({ leaveUs }) => leaveUs > nowUs);
      if (current !== null && current.leaveUs <= nowUs) {
        current = null;
        sinceUs = nowUs;
      }
    }
    return stays;
  };
}

/** How strong servers are on the way of one worker. */
class OneWorker {
  readonly #ways: ReadonlyMap<RangeContact, Presence>;
  readonly #kind: Presence['kind'];
  readonly #sites: readonly Site[];
  readonly #strength: Strength;
  readonly #differencesDb: readonly number[];

  constructor(
    ways: ReadonlyMap<RangeContact, Presence>,
    kind: Presence['kind'],
    sites: readonly Site[],
    strength: Strength,
    differencesDb: readonly number[],
  ) {
    this.#ways = ways;
    this.#kind = kind;
    this.#sites = sites.map((site) => seenBy(site, kind));
    this.#strength = strength;
    this.#differencesDb = differencesDb;
  }

  serverOf({ site }: RangeContact): string {
    return this.#sites[site]!.server;
  }

  seen(contact: RangeContact, nowUs: TimeUs): ServerInRange {
    const server = this.serverOf(contact);
    return { server, strengthDb: this.#strengthDb(contact, nowUs), sinceUs: contact.enterUs };
  }

  /** The first microsecond in which a difference to the current server is crossed; else `untilUs`. */
  nextCrossing(
    current: RangeContact,
    inRange: readonly RangeContact[],
    nowUs: TimeUs,
    untilUs: TimeUs,
  ): TimeUs {
    const others = inRange.filter((contact) => contact !== current);
    if (others.length === 0 || this.#differencesDb.length === 0) return untilUs;
    // Whether each server is stronger by more than each difference.
    const aboveAt = (timeUs: TimeUs): boolean[] => {
      const ownDb = this.#strengthDb(current, timeUs);
      return others.flatMap((other) => {
        const differenceDb = this.#strengthDb(other, timeUs) - ownDb;
        return this.#differencesDb.map((db) => differenceDb > db);
      });
    };
    const before = aboveAt(nowUs);
    const isOther = (timeUs: TimeUs) => aboveAt(timeUs).some((above, i) => above !== before[i]);
    const nearestM = (timeUs: TimeUs) =>
      Math.min(
        ...inRange.map((contact) => {
          const { x, y } = this.#placeAt(contact, timeUs);
          return Math.sqrt(x * x + y * y);
        }),
      );
    const { edgesM } = this.#strength;
    const ways = inRange.map((contact) => this.#ways.get(contact)!);
    let lastUs = nowUs;
    for (const timeUs of searchTimes(ways, edgesM, nearestM, nowUs, untilUs)) {
      if (isOther(timeUs)) return firstWhere(isOther, lastUs, timeUs);
      lastUs = timeUs;
    }
    return untilUs;
  }

  #strengthDb(contact: RangeContact, timeUs: TimeUs): number {
    const { x, y } = this.#placeAt(contact, timeUs);
    return this.#strength.strengthDb(this.#sites[contact.site]!, this.#kind, x, y);
  }

  /** In metres from the site. */
  #placeAt(contact: RangeContact, timeUs: TimeUs): { x: number; y: number } {
    const { xM, yM } = this.#sites[contact.site]!;
    const { x, y } = courseAt(this.#ways.get(contact)!, timeUs);
    return { x: x - xM, y: y - yM };
  }
}

function needAnswer(
  answer: { server?: unknown; askAgainUs?: number | undefined } | undefined,
  nowUs: TimeUs,
  policy: Chosen<AssociationPolicy>,
): void {
  if (typeof answer !== 'object' || answer === null || answer.server === undefined) {
    const advice = ['expected { server }, with a server of inRange, or null'];
    throw new InputError({ found: `${named(KIND, policy)} gave no answer`, advice });
  }
  const { askAgainUs } = answer;
  if (policy.file === undefined || askAgainUs === undefined || askAgainUs > nowUs) return;
  throw new InputError({
    found: `${named(KIND, policy)} wants to be asked again at ${askAgainUs} us, and it is ${nowUs} us`,
    advice: ['expected askAgainUs, in microseconds, after nowUs'],
  });
}

/** Counts askings that came soon after the one before, to find a policy that asks without end. */
function soonAgain(soon: number, waitedUs: TimeUs, policy: Chosen<AssociationPolicy>): number {
  if (waitedUs >= SOON_US) return 0;
  if (soon < MOST_SOON) return soon + 1;
  throw new InputError({
    found: `${named(KIND, policy)} was asked ${MOST_SOON} times in a row within a millisecond each`,
    advice: ['expected askAgainUs in microseconds: half a second from now is nowUs + 500_000'],
  });
}

function notInRange(policy: string, server: string): InputError {
  return new InputError({
    found: `association policy ${policy}: its answer "${server}" is no server in range`,
    advice: ['expected one of inRange, or null'],
  });
}
