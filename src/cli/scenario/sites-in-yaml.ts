import type { Site } from '../../mobility/site.ts';

/** Sites as a part of a config. */
export async function sitesInYaml(sites: readonly Site[]): Promise<string> {
  const { stringify } = await import('yaml');
  const servers = sites.map(({ server, xM, yM, rangeM }) => ({
    id: server,
    site: { xM: toMillimetre(xM), yM: toMillimetre(yM) },
    rangeM,
  }));
  return stringify({ servers }).trimEnd();
}

function toMillimetre(metres: number): number {
  return Math.round(metres * 1000) / 1000;
}
