import type { Radio } from '../radio/radio.ts';
import type { Site } from '../site.ts';
import type { Area } from './area.ts';

/** Where a server is in range; `site` as entities of one kind see it. */
export function rangeArea(site: Site, radio: Radio): Area {
  const { xM, yM } = site;
  return {
    contains: (x, y) => radio.covers(site, x - xM, y - yM),
    crossings: (x, y, toX, toY) =>
      radio
        .crossing(site, x - xM, y - yM, toX - xM, toY - yM)
        .flatMap(({ enter, leave }) => [enter, leave]),
  };
}

/** Where no other site is nearer (its Voronoi cell); at equal distances the first of the sites counts. */
export function nearestArea(sites: readonly Pick<Site, 'xM' | 'yM'>[], index: number): Area {
  const own = sites[index]!;
  // Squared distance to the own site less that to another: linear along a straight way.
  const excess = (other: Pick<Site, 'xM' | 'yM'>, x: number, y: number) =>
    (other.xM - own.xM) * (2 * x - own.xM - other.xM) +
    (other.yM - own.yM) * (2 * y - own.yM - other.yM);
  return {
    contains: (x, y) =>
      sites.every((other, place) => {
        if (place === index) return true;
        const further = excess(other, x, y);
        return further < 0 || (further === 0 && index < place);
      }),
    crossings(x, y, toX, toY) {
      const found: number[] = [];
      for (let place = 0; place < sites.length; place++) {
        const from = excess(sites[place]!, x, y);
        const to = excess(sites[place]!, toX, toY);
        if (from < 0 !== to < 0) found.push(from / (from - to));
      }
      return found;
    },
  };
}
