import type { TimeUs } from '../../simulation/time.ts';
import type { RangeContact } from '../coverage.ts';
import type { Presence } from '../presence.ts';

/** A time during which an entity is with one site of those in range; never empty. */
export interface Stay {
  contact: RangeContact;
  fromUs: TimeUs;
  toUs: TimeUs;
}

/**
 * Which of the sites in range an entity is with, over a presence. In: the contacts in order of
 * beginning. Out: stays in order of time, of which no two overlap; a handover is two that touch.
 * Within a contact an entity may be with no site. `wayOf`: the way during a contact, in metres from a site
 * that is carried.
 */
export type Association = (
  presence: Presence,
  contacts: readonly RangeContact[],
  wayOf: (contact: RangeContact) => Presence,
) => Stay[];

/** After the stays before it; none for an empty time, and one with the last stay where both touch. */
export function addStay(stays: Stay[], contact: RangeContact, fromUs: TimeUs, toUs: TimeUs): void {
  if (fromUs >= toUs) return;
  const previous = stays.at(-1);
  if (previous?.contact === contact && previous.toUs === fromUs) previous.toUs = toUs;
  else stays.push({ contact, fromUs, toUs });
}
