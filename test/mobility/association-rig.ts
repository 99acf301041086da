import { decidedBy } from '#src/mobility/association/deciding.js';
import { associationPolicies } from '#src/mobility/association/policies/index.js';
import { Coverage } from '#src/mobility/coverage.js';
import type { Presence } from '#src/mobility/presence.js';
import { disc } from '#src/mobility/radio/disc.js';
import logDistance from '#src/mobility/radio/models/log-distance.js';
import { radioOf } from '#src/mobility/radio/path-loss.js';
import { Propagation } from '#src/mobility/radio/propagation.js';
import { byDistance, type Strength } from '#src/mobility/radio/strength.js';
import type { RadioBudget, Site } from '#src/mobility/site.js';
import type { AssociationPolicy } from '#src/rules/contract/association-policy.js';

/** Servers, how far away they are in range, and how strong they are; written apart from the code. */
export interface Town {
  sites: Site[];
  strength: Strength;
  contacts: Coverage;
}

export type Points = readonly (readonly [timeS: number, xM: number, yM: number])[];

export function walkOf(points: Points): Presence {
  return {
    entity: 'a',
    kind: 'car',
    timesUs: Float64Array.from(points, ([timeS]) => timeS * 1e6),
    x: Float64Array.from(points, ([, x]) => x),
    y: Float64Array.from(points, ([, , y]) => y),
  };
}

/** Servers that reach 150 m, and are compared by their distance. */
export function discTown(places: readonly (readonly [number, number])[]): Town {
  const sites = places.map(([xM, yM], i) => ({ server: `s${i}`, xM, yM, rangeM: 150 }));
  return { sites, strength: byDistance, contacts: new Coverage(sites, disc) };
}

/** Log distance with exponent n; each server has a power of its own, and receives down to -86 dBm. */
export function powerTown(
  places: readonly (readonly [number, number, powerDbm: number])[],
  exponent: number,
): Town {
  const rule = logDistance as never;
  const model = { rule, options: { exponent, referenceM: 1 } };
  const propagation = new Propagation({ model, frequencyGHz: 5.9, shadowing: null, seed: 1 });
  const sites = places.map(([xM, yM, powerDbm], i): Site => {
    const link = { maximumLossDb: powerDbm + 86, serverHeightM: 10, workerHeightM: 1.5 };
    return { server: `s${i}`, xM, yM, rangeM: propagation.reachM(link), link };
  });
  const strength: Strength = {
    edgesM: [],
    strengthDb: (site, _kind, x, y) =>
      site.link!.maximumLossDb -
      86 -
      propagation.lossDb(site as Site & { link: RadioBudget }, x, y),
  };
  return { sites, strength, contacts: new Coverage(sites, radioOf(propagation, sites)) };
}

/** The servers that a policy has a walk with, in order. */
export function staysOf(town: Town, walk: Presence, policy: string, given: object = {}) {
  const rule = associationPolicies.find(({ name }) => name === policy) as AssociationPolicy;
  const options = rule.options?.parse(given) ?? {};
  const association = decidedBy({ rule, options }, town.sites, town.strength);
  const contacts = town.contacts.contacts(walk);
  const stays = association(walk, contacts, (contact) => town.contacts.wayOf(walk, contact));
  return stays.map(({ contact, fromUs, toUs }) => ({
    server: town.sites[contact.site]!.server,
    fromUs,
    toUs,
  }));
}
