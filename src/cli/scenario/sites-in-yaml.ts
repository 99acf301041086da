import type { Site } from '../../mobility/site.ts';

/** Without a range: a radio of path loss decides it. */
type PlacedSite = Omit<Site, 'rangeM'> & { rangeM?: number | undefined };

/** Sites as a part of a config. */
export async function sitesInYaml(sites: readonly PlacedSite[]): Promise<string> {
  const { stringify } = await import('yaml');
  const servers = sites.map(({ server, xM, yM, rangeM, carriedBy, serviceUs }) => ({
    id: server,
    site:
      carriedBy === undefined
        ? { xM: toMillimetre(xM), yM: toMillimetre(yM) }
        : { entity: carriedBy },
    rangeM,
    service: serviceUs?.map((times) => times.map((timeUs) => timeUs / 1e6)),
  }));
  return stringify({ servers }).trimEnd();
}

function toMillimetre(metres: number): number {
  return Math.round(metres * 1000) / 1000;
}
