import type { Problem } from '../../errors.ts';
import { adviceOnName } from '../../nearest-name.ts';
import { serverLayer, serverLayerNames } from '../complete-layers.ts';
import type { Config } from '../config-schema.ts';
import type { Path } from '../yaml-document.ts';
import type { QuickCheck } from './check.ts';

/** Every backhaul has a name of its own and is used, and every one that is named is there. */
export const checkBackhauls: QuickCheck = (config, problem) => {
  const { backhauls, world, live } = config;
  const ids = backhauls.map(({ id }) => id);
  const named = namesIn(config);
  const problems: Problem[] = [];
  for (const [index, { id }] of backhauls.entries()) {
    const path = ['backhauls', index, 'id'];
    if (ids.indexOf(id) < index) {
      problems.push(problem(path, `a second backhaul "${id}"`, ['give each a name of its own']));
    } else if (!named.some((each) => each.id === id)) {
      const advice = [`set backhaul: ${id} in the link of a layer or server, or remove it`];
      problems.push(problem(path, 'no server uses this backhaul', advice));
    }
  }
  for (const { id, path } of named) {
    if (ids.includes(id)) continue;
    const advice = ids.length === 0 ? ['describe it in `backhauls`'] : adviceOnName(id, ids);
    problems.push(problem(path, `unknown backhaul "${id}"`, advice));
  }
  for (const [index, { link }] of config.servers.entries()) {
    if (link.backhaul === undefined || link.bandwidthMbps === undefined) continue;
    const found = `its backhaul "${link.backhaul}" has a bandwidth already`;
    const path = ['servers', index, 'link', 'bandwidthMbps'];
    problems.push(problem(path, found, ['remove one of the two keys'], 'key'));
  }
  if (named.length > 0 && world === 'live' && live.compute === 'measured') {
    const found = 'messages take the time that they take with live.compute: measured';
    problems.push(problem(named[0]!.path, found, ['set live.compute: modelled, or no backhaul']));
  }
  return problems;
};

function namesIn(config: Config): { id: string; path: Path }[] {
  const ofLayers = serverLayerNames(config).flatMap((layer) => {
    const id = serverLayer(config, layer).link.backhaul;
    return id === undefined ? [] : [{ id, path: ['layers', layer, 'link', 'backhaul'] }];
  });
  const ofServers = config.servers.flatMap(({ link: { backhaul: id } }, index) =>
    id === undefined ? [] : [{ id, path: ['servers', index, 'link', 'backhaul'] }],
  );
  return [...ofLayers, ...ofServers];
}
