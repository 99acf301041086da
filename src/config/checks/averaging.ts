import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../../errors.ts';
import { averagingKeys, keyValueAt, levelsAbove } from '../complete-averaging.ts';
import { leafServers } from '../complete-tree.ts';
import { drawsParticipants } from '../participant-choice.ts';
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

/** Only some children take part in rounds: a child waits for its turn where it asks with every update. */
export const checkParticipants: QuickCheck = (config, problem) => {
  const { rounds, layers, servers } = config;
  return Object.entries(layers).flatMap(([name, layer]): Problem[] => {
    if (layer === undefined || !('participants' in layer) || !drawsParticipants(layer)) return [];
    const path = ['layers', name, 'participants'];
    const refuse = (found: string, advice: string) => [problem(path, found, [advice])];
    if (rounds.mode !== 'hierarchical') {
      return refuse(
        'only a tree of models has them',
        'set rounds.mode: hierarchical, or expected all',
      );
    }
    if (rounds.pace !== 'synchronous') {
      return refuse(
        'a node whose pace is free does not wait for its turn',
        'set rounds.pace: synchronous, or expected all',
      );
    }
    if (layer.model === 'relay' || layer.down === 'push') {
      return refuse(
        'a relay, or a server with down: push, sends models to all of its children',
        'set model: replica and down: pull, or expected all',
      );
    }
    const isOwn = (id: string) => servers.some((one) => one.id === id && one.layer === name);
    const child = servers.find(
      ({ parent }) => isOwn(parent) || (name === 'cloud' && parent === 'cloud'),
    );
    const below = child?.layer ?? 'worker';
    const { push, pull } = layers[below] ?? layers.worker;
    if (isDeepStrictEqual(push, pull)) return [];
    const found = `children (${below}) do not ask for a model with each update`;
    return refuse(found, `make layers.${below}.pull the same as its push`);
  });
};
