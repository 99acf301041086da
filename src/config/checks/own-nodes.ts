import type { Problem } from '../../errors.ts';
import { slotNames } from '../../mobility/leases.ts';
import { adviceOnName } from '../../nearest-name.ts';
import type { QuickCheck } from './check.ts';

/** Workers that differ from the others are known, and what only nodes of a tree of models have is of such. */
export const checkOwnNodes: QuickCheck = ({ layers, servers, mobility, rounds }, problem) => {
  const isTree = rounds.mode === 'hierarchical';
  const advice = ['set rounds.mode: hierarchical, or leave it out'];
  const onlyTree = (path: (string | number)[]) =>
    problem(path, 'only a tree of models has it', advice, 'key');
  const ofServers = servers.flatMap(({ memoryMb }, index) =>
    memoryMb === undefined || isTree ? [] : [onlyTree(['servers', index, 'memoryMb'])],
  );
  const own = Object.entries(layers.worker.nodes);
  const path = ['layers', 'worker', 'nodes'];
  const { count, mode } = mobility.workers;
  if (own.length > 0 && mode !== 'leased') {
    const found = 'workers that are not known before the run are all alike';
    const how = ['set mobility.workers.mode: leased, or leave it out'];
    return [...ofServers, problem(path, found, how, 'key')];
  }
  const names = slotNames(count);
  const ofWorkers = own.flatMap(([worker, node]): Problem[] => {
    if (!names.includes(worker)) {
      const found = `no worker "${worker}"`;
      return [problem([...path, worker], found, adviceOnName(worker, names), 'key')];
    }
    return (['speedMflops', 'memoryMb'] as const)
      .filter((key) => node[key] !== undefined && !isTree)
      .map((key) => onlyTree([...path, worker, key]));
  });
  return [...ofServers, ...ofWorkers];
};
