import type { Problem } from '../../errors.ts';
import { slotNames } from '../../mobility/leases.ts';
import { adviceOnName } from '../../nearest-name.ts';
import {
  serverLayer,
  serverLayerNames,
  takesWorkers,
  waitsForSeveral,
} from '../complete-layers.ts';
import type { Config } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';
import type { Path } from '../yaml-document.ts';
import type { QuickCheck } from './check.ts';

type Nodes = Config['faults']['crashes'][number]['nodes'];
type ProblemAt = ConfigSource['problem'];

/**
 * A failing node or link exists, fails at times or at a rate, and no node waits for it without end.
 */
export const checkFailures: QuickCheck = (config, problem) => {
  const { crashes, cuts } = config.faults;
  const entries = [
    ...crashes.map((entry, index) => ({ ...entry, path: ['faults', 'crashes', index, 'nodes'] })),
    ...cuts.map(({ servers, ...entry }, index) => {
      return { ...entry, nodes: servers, path: ['faults', 'cuts', index, 'servers'] };
    }),
  ];
  return entries.flatMap(({ nodes, atS, meanTimeToFailureS, path }): Problem[] => {
    const layer = layerProblem(config, nodes.layer, path, problem);
    if (layer !== null) return [layer];
    return [
      ...whenProblems(atS, meanTimeToFailureS, path.slice(0, -1), problem),
      ...nodesProblems(config, nodes, path, problem),
      ...endlessWaits(config, nodes.layer, path, problem),
    ];
  });
};

function layerProblem(
  config: Config,
  layer: string,
  path: Path,
  problem: ProblemAt,
): Problem | null {
  const isCut = path.includes('cuts');
  const at = [...path, 'layer'];
  if (layer === 'cloud' && isCut) {
    return problem(at, 'the cloud has no link to a server above', ['name those below it']);
  }
  if (layer === 'cloud') {
    return problem(
      at,
      'the cloud cannot crash: the run measures its model, and no server is above it',
      ['cut the links to it instead: faults.cuts, with the layer below it'],
    );
  }
  if (layer === 'worker' && isCut) {
    return problem(at, 'workers are linked by radio, to one server after another', [
      'let them crash (faults.crashes), or lose messages: layers.worker.link.loss',
    ]);
  }
  const servers = serverLayerNames(config).filter((name) => name !== 'cloud');
  const known = isCut ? servers : ['worker', ...servers];
  if (known.includes(layer)) return null;
  return problem(at, `no node is in layer "${layer}"`, adviceOnName(layer, known));
}

function whenProblems(
  atS: number | undefined,
  meanTimeToFailureS: number | undefined,
  path: Path,
  problem: ProblemAt,
): Problem[] {
  if ((atS === undefined) !== (meanTimeToFailureS === undefined)) return [];
  const found =
    atS === undefined ? 'never happens' : 'happens once at a time, and again and again at a rate';
  return [problem(path, found, ['expected exactly one of: atS, meanTimeToFailureS'])];
}

function nodesProblems(
  config: Config,
  { layer, ...nodes }: Nodes,
  path: Path,
  problem: ProblemAt,
): Problem[] {
  const ways = (['count', 'fraction', 'ids'] as const).filter((way) => nodes[way] !== undefined);
  if (ways.length > 1) {
    const found = `${ways.join(' and ')} together`;
    return [problem(path, found, ['expected at most one of: count, fraction, ids'])];
  }
  const known = knownIds(config, layer);
  if (known === null) return [];
  const { count = 0, ids = [] } = nodes;
  return [
    ...(count > known.length
      ? [problem([...path, 'count'], `${count} of ${known.length} nodes in layer ${layer}`)]
      : []),
    ...ids.flatMap((id, index) =>
      known.includes(id)
        ? []
        : [
            problem(
              [...path, 'ids', index],
              `no node "${id}" in layer ${layer}`,
              adviceOnName(id, known),
            ),
          ],
    ),
  ];
}

/** Null for workers that are entities of the trace: their ids are known once it is read. */
function knownIds({ servers, mobility }: Config, layer: string): string[] | null {
  const { mode, count } = mobility.workers;
  if (layer === 'worker') return mode === 'leased' ? slotNames(count) : null;
  return servers.flatMap((server) => (server.layer === layer ? [server.id] : []));
}

/**
 * A receiver must not wait without end for a failed node or link, and neither must a server that
 * has missed the model, or the vectors of senders that did not know that it was down.
 */
function endlessWaits(config: Config, layer: string, path: Path, problem: ProblemAt): Problem[] {
  const isSynchronous = config.rounds.mode === 'synchronous';
  const waits = (name: string): boolean => {
    const { collect, deadlineS } = serverLayer(config, name);
    if (deadlineS !== null) return false;
    const isItself = name === layer || takesWorkers(config, name);
    return isSynchronous || isItself || waitsForSeveral(config, name, collect);
  };
  return layersThatWait(config, layer)
    .filter(waits)
    .map((name) =>
      problem(
        [...path, 'layer'],
        `what fails is missed, but layer ${name} waits without a deadline`,
        [`set layers.${name}.deadlineS`],
      ),
    );
}

/** A layer of servers and the servers above it, or the servers that workers send to. */
function layersThatWait(config: Config, layer: string): string[] {
  const { servers } = config;
  if (layer === 'worker') {
    return serverLayerNames(config).filter((name) => takesWorkers(config, name));
  }
  const layers = new Map(servers.map((server) => [server.id, server.layer]));
  const above = servers
    .filter((server) => server.layer === layer)
    .map(({ parent }) => layers.get(parent) ?? 'cloud');
  return [...new Set([layer, ...above])];
}
