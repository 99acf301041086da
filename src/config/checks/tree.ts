import type { Problem } from '../../errors.ts';
import { adviceOnName } from '../../nearest-name.ts';
import type { Config } from '../config-schema.ts';
import type { QuickCheck } from './check.ts';

type Server = Config['servers'][number];

/** The servers form a tree below the cloud, with sites at its leaves and known layers. */
export const checkTree: QuickCheck = (config, problem) => [
  ...nobodyAtAll(config, problem),
  ...shape(config, problem),
  ...unknownLayers(config, problem),
];

/** Only the root of a tree of models can have workers of its own. */
const nobodyAtAll: QuickCheck = ({ servers, rounds, mobility }, problem) => {
  if (servers.length > 0) return [];
  if (rounds.mode === 'hierarchical' && mobility.model === 'static') return [];
  const advice = ['expected at least one server that workers can join'];
  return [problem(['servers'], 'no server', advice, 'key')];
};

const shape: QuickCheck = ({ servers, mobility }, problem) => {
  const ids = new Set(servers.map(({ id }) => id));
  const parents = new Map(servers.map(({ id, parent }) => [id, parent]));
  const withChildren = new Set(servers.map(({ parent }) => parent));
  return servers.flatMap((server, index): Problem[] => {
    const at = (key: string): (string | number)[] => ['servers', index, key];
    const { id, parent } = server;
    const problems: Problem[] = [];
    if (id === 'cloud') {
      return [problem(at('id'), '"cloud" is the name of the root, which is always there')];
    }
    if (servers.findIndex((other) => other.id === id) < index) {
      problems.push(problem(at('id'), `a second server "${id}"`, ['give each its own id']));
    }
    if (parent !== 'cloud' && !ids.has(parent)) {
      const known = ['cloud', ...[...ids].filter((other) => other !== id)];
      problems.push(problem(at('parent'), `no server "${parent}"`, adviceOnName(parent, known)));
    }
    const circle = circleFrom(id, parents);
    // Reported once, at the first server of the circle.
    if (circle && servers.findIndex((other) => circle.includes(other.id)) === index) {
      const way = circle.join(' -> ');
      problems.push(
        problem(at('parent'), `never reaches the cloud: ${way}`, ['the servers must form a tree']),
      );
    }
    if (mobility.model === 'static') return problems;
    problems.push(
      ...siteProblems(server, withChildren.has(id), (key, found, advice, part) =>
        problem(at(key), found, advice, part),
      ),
    );
    return problems;
  });
};

const unknownLayers: QuickCheck = ({ servers, layers }, problem) =>
  servers.flatMap(({ layer }, index) => {
    const path = ['servers', index, 'layer'];
    if (layer === 'cloud' || layer === 'worker') {
      return [problem(path, `"${layer}" is not a layer for servers of this list`)];
    }
    if (Object.hasOwn(layers, layer)) return [];
    const known = new Set(['edge', ...Object.keys(layers)]);
    known.delete('cloud');
    known.delete('worker');
    return [
      problem(path, `no settings for layer "${layer}" in layers`, adviceOnName(layer, [...known])),
    ];
  });

function siteProblems(
  { id, site }: Server,
  hasChildren: boolean,
  problem: (key: string, found: string, advice: string[], part: 'key' | 'value') => Problem,
): Problem[] {
  if (site && hasChildren) {
    const advice = ['workers join the servers at the leaves: give the site to a server of its own'];
    return [
      problem('site', `server "${id}" has child servers, so it takes no workers`, advice, 'key'),
    ];
  }
  if (!site && !hasChildren) {
    const advice = [
      'expected a site such as { xM: 100, yM: 50 }, or another server with this one as its parent',
    ];
    return [problem('site', `server "${id}" has neither a site nor child servers`, advice, 'key')];
  }
  return [];
}

/** The way from a server round to itself, or undefined. */
function circleFrom(id: string, parents: Map<string, string>): string[] | undefined {
  const way = [id];
  for (let at = parents.get(id); at !== undefined && at !== 'cloud'; at = parents.get(at)) {
    way.push(at);
    if (at === id) return way;
    if (way.length > parents.size + 1) return undefined;
  }
  return undefined;
}
