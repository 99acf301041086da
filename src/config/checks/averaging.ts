import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../../errors.ts';
import { averagingKeys, keyValueAt, levelsAbove } from '../complete-averaging.ts';
import { leafServers } from '../complete-tree.ts';
import type { QuickCheck } from './check.ts';

/** Hierarchical federated averaging by name fits the tree, and nothing in the config contradicts it. */
export const checkAveraging: QuickCheck = (config, problem) => {
  const { rounds } = config;
  if (rounds.mode !== 'hierarchical' || rounds.averaging === undefined) return [];
  const path = ['rounds', 'averaging'];
  const { merges } = rounds.averaging;
  const [first = [], ...others] = leafServers(config).map((leaf) => levelsAbove(config, leaf));
  const problems: Problem[] = [];
  if (others.some((levels) => !isDeepStrictEqual(levels, first))) {
    const advice = ['give every level a layer of its own, or set the keys of each layer'];
    return [problem(path, 'workers are below different layers of servers', advice, 'key')];
  }
  if (typeof merges !== 'number' && merges.length !== first.length) {
    const found = `${merges.length} numbers for ${first.length} levels of servers below the cloud`;
    const advice = ['expected one for each level, from the workers up'];
    problems.push(problem([...path, 'merges'], found, advice));
  }
  for (const { path: key, value } of averagingKeys(config)) {
    const found = keyValueAt(config, key);
    if (isDeepStrictEqual(found, value)) continue;
    const what = `rounds.averaging makes it ${JSON.stringify(value)}`;
    problems.push(problem(key, what, ['leave one of them out'], 'key'));
  }
  return problems;
};
