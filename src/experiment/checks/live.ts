import type { Problem } from '../../errors.ts';
import type { Config } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';
import type { Path } from '../yaml-document.ts';
import type { QuickCheck } from './check.ts';

/** What the live world cannot do yet is not asked of it. */
export const checkLive: QuickCheck = (config, problem) => {
  if (config.world !== 'live') return [];
  return [
    ...Object.keys(config.layers).flatMap((layer) =>
      rareLinks(config.layers[layer]!.link, ['layers', layer, 'link'], problem),
    ),
    ...config.servers.flatMap(({ link }, index) =>
      rareLinks(link, ['servers', index, 'link'], problem),
    ),
  ];
};

/** Real links repeat and damage nothing: their transport sees to it. */
function rareLinks(
  link: Partial<Config['servers'][number]['link']>,
  path: Path,
  problem: ConfigSource['problem'],
): Problem[] {
  const asked = (['duplication', 'corruption', 'jitterS'] as const).filter(
    (key) => link[key] !== undefined && link[key] !== 0,
  );
  return asked.map((key) =>
    problem([...path, key], 'world: live does not know it', ['world: virtual does']),
  );
}
