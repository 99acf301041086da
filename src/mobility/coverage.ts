import Flatbush from 'flatbush';
import type { TimeUs } from '../simulation/time.ts';
import { ENTITY_KINDS, type EntityKind } from './fcd/fcd-sink.ts';
import type { Presence } from './presence.ts';
import type { Radio } from './radio/radio.ts';
import { relativeWays } from './relative-way.ts';
import { type Site, seenBy } from './site.ts';
import type { Trace } from './trace.ts';

/** The longest unbroken time of a presence inside a site's circle; never empty. */
export interface RangeContact {
  /** Index into the sites. */
  site: number;
  enterUs: TimeUs;
  leaveUs: TimeUs;
}

/** Samples per query of the index: few enough to stay near each other, enough to query seldom. */
const BLOCK_SAMPLES = 32;

/** Far above rounding, far below a metre: a sample on the circle must find its site. */
const MARGIN_M = 1e-6;

/**
 * Which entities are in range of which site, and exactly when: on each segment between two samples the radio
 * model says where it begins and ends.
 *
 * An R-tree over what the sites reach (flatbush) finds the few sites near a stretch of way, so that cost
 * grows with neighbours, not with sites.
 */
export class Coverage {
  readonly sites: readonly Site[];
  /** As entities of a kind see them. */
  private readonly seen: Readonly<Record<EntityKind, readonly Site[]>>;
  private readonly radio: Radio;
  private readonly carriers: NonNullable<Trace['carriers']>;
  /** Indices of the sites that stand still, as the index counts them. */
  private readonly standing: readonly number[];
  private readonly carried: readonly number[];
  private readonly index: Flatbush | undefined;
  /** Since when the presence at hand is inside a site; NaN when it is not. */
  private readonly insideSinceUs: Float64Array;

  /** `carriers`: where the entities are that carry sites. */
  constructor(sites: readonly Site[], radio: Radio, carriers: Trace['carriers'] = new Map()) {
    this.sites = sites;
    this.radio = radio;
    this.carriers = carriers;
    const isCarried = (index: number) => sites[index]!.carriedBy !== undefined;
    this.standing = [...sites.keys()].filter((index) => !isCarried(index));
    this.carried = [...sites.keys()].filter(isCarried);
    const seen = ENTITY_KINDS.map((kind) => [kind, sites.map((site) => seenBy(site, kind))]);
    this.seen = Object.fromEntries(seen);
    this.insideSinceUs = new Float64Array(sites.length).fill(Number.NaN);
    if (this.standing.length === 0) return;
    this.index = new Flatbush(this.standing.length);
    for (const index of this.standing) {
      const { xM, yM } = sites[index]!;
      const reaches = ENTITY_KINDS.map((kind) => radio.reachM(this.seen[kind][index]!));
      const reachM = Math.max(...reaches) + MARGIN_M;
      this.index.add(xM - reachM, yM - reachM, xM + reachM, yM + reachM);
    }
    this.index.finish();
  }

  /**
   * The contacts of a presence with every site, in order of beginning, then of site.
   *
   * Times are rounded to whole microseconds at the end. A contact that is empty then (the way
   * grazes the circle) is left out; two that touch then are one.
   */
  contacts(presence: Presence): RangeContact[] {
    const contacts: RangeContact[] = [];
    const last = presence.timesUs.length - 1;
    const met = new Set<number>();
    for (let first = 0; first < last; first += BLOCK_SAMPLES) {
      const end = Math.min(first + BLOCK_SAMPLES, last);
      for (const near of this.near(presence, first, end)) {
        const site = this.standing[near]!;
        met.add(site);
        this.follow(presence, site, first, end, contacts);
      }
    }
    for (const site of met) {
      const sinceUs = this.insideSinceUs[site]!;
      if (!Number.isNaN(sinceUs)) addContact(contacts, site, sinceUs, presence.timesUs[last]!);
      this.insideSinceUs[site] = Number.NaN;
    }
    for (const site of this.carried) {
      for (const way of this.waysTo(presence, site)) {
        const end = way.timesUs.length - 1;
        this.follow(way, site, 0, end, contacts);
        const sinceUs = this.insideSinceUs[site]!;
        if (!Number.isNaN(sinceUs)) addContact(contacts, site, sinceUs, way.timesUs[end]!);
        this.insideSinceUs[site] = Number.NaN;
      }
    }
    return touchingJoined(contacts.flatMap((contact) => this.inService(contact)));
  }

  /** The presence's way, in metres from a site that is carried; several where that one comes and goes. */
  waysTo(presence: Presence, site: number): readonly Presence[] {
    const { carriedBy } = this.sites[site]!;
    if (carriedBy === undefined) return [presence];
    return relativeWays(presence, this.carriers.get(carriedBy) ?? []);
  }

  /** That during a contact. */
  wayOf(presence: Presence, { site, enterUs }: RangeContact): Presence {
    const ways = this.waysTo(presence, site);
    return ways.findLast(({ timesUs }) => timesUs[0]! <= enterUs) ?? presence;
  }

  /** The parts of a contact during which the site is in service. */
  private inService(contact: RangeContact): RangeContact[] {
    const { serviceUs } = this.sites[contact.site]!;
    if (serviceUs === undefined) return [contact];
    return serviceUs.flatMap(([fromUs, toUs]) => {
      const enterUs = Math.max(contact.enterUs, fromUs);
      const leaveUs = Math.min(contact.leaveUs, toUs);
      return enterUs < leaveUs ? [{ ...contact, enterUs, leaveUs }] : [];
    });
  }

  private near({ x, y }: Presence, first: number, end: number): number[] {
    let minX = x[first]!;
    let maxX = minX;
    let minY = y[first]!;
    let maxY = minY;
    for (let i = first + 1; i <= end; i++) {
      minX = Math.min(minX, x[i]!);
      maxX = Math.max(maxX, x[i]!);
      minY = Math.min(minY, y[i]!);
      maxY = Math.max(maxY, y[i]!);
    }
    return this.index?.search(minX, minY, maxX, maxY) ?? [];
  }

  /** Follows the segments from sample `first` to sample `end` past one site. */
  private follow(
    { kind, timesUs, x, y }: Presence,
    index: number,
    first: number,
    end: number,
    contacts: RangeContact[],
  ): void {
    const { radio } = this;
    const site = this.seen[kind][index]!;
    const { xM, yM } = site;
    let sinceUs = this.insideSinceUs[index]!;
    let fromX = x[first]! - xM;
    let fromY = y[first]! - yM;
    let inside = radio.covers(site, fromX, fromY);
    if (inside && Number.isNaN(sinceUs)) sinceUs = timesUs[first]!;
    for (let i = first + 1; i <= end; i++) {
      const toX = x[i]! - xM;
      const toY = y[i]! - yM;
      const willBeInside = radio.covers(site, toX, toY);
      if (!(radio.isConvex && inside && willBeInside)) {
        const stretches = radio.crossing(site, fromX, fromY, toX, toY);
        const startUs = timesUs[i - 1]!;
        const lengthUs = timesUs[i]! - startUs;
        for (let k = 0; k < stretches.length; k++) {
          const { enter, leave } = stretches[k]!;
          // A contact goes on over a sample in range.
          if (k > 0 || !inside) sinceUs = startUs + enter * lengthUs;
          if (k < stretches.length - 1 || !willBeInside) {
            addContact(contacts, index, sinceUs, startUs + leave * lengthUs);
            sinceUs = Number.NaN;
          }
        }
      }
      inside = willBeInside;
      fromX = toX;
      fromY = toY;
    }
    this.insideSinceUs[index] = sinceUs;
  }
}

function addContact(contacts: RangeContact[], site: number, enter: number, leave: number): void {
  const enterUs = Math.round(enter);
  const leaveUs = Math.round(leave);
  if (enterUs < leaveUs) contacts.push({ site, enterUs, leaveUs });
}

function touchingJoined(contacts: RangeContact[]): RangeContact[] {
  contacts.sort((a, b) => a.site - b.site || a.enterUs - b.enterUs);
  const joined: RangeContact[] = [];
  for (const contact of contacts) {
    const previous = joined.at(-1);
    if (previous?.site === contact.site && previous.leaveUs === contact.enterUs) {
      previous.leaveUs = contact.leaveUs;
    } else {
      joined.push(contact);
    }
  }
  return joined.sort((a, b) => a.enterUs - b.enterUs || a.site - b.site);
}
