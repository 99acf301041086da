import type { Problem } from '../../errors.ts';
import type { Config } from '../config-schema.ts';
import { triggerChoices } from '../trigger-choices.ts';
import { checkAveraging, checkParticipants } from './averaging.ts';
import type { QuickCheck } from './check.ts';
import { checkOwnNodes } from './own-nodes.ts';
import { checkOwnWindows } from './own-windows.ts';
import { checkSensors } from './sensors.ts';
import { checkStandbys } from './standbys.ts';

/** Settings that a tree of models needs must be there, and its own must be nowhere else. */
export const checkHierarchy: QuickCheck = (config, problem) => [
  ...treeOfLevels(config, problem),
  ...checkOwnNodes(config, problem),
  ...checkParticipants(config, problem),
  ...checkStandbys(config, problem),
  ...(config.rounds.mode === 'hierarchical'
    ? [
        ...windows(config, problem),
        ...checkAveraging(config, problem),
        ...checkSensors(config, problem),
        ...checkOwnWindows(config, problem),
        ...relays(config, problem),
        ...idleExchange(config, problem),
        ...pulls(config, problem),
      ]
    : keysOfTrees(config, problem)),
];

const treeOfLevels: QuickCheck = ({ tree, mobility, servers }, problem) => {
  if (tree === undefined) return [];
  const problems: Problem[] = [];
  if (tree[0] !== 1) {
    const advice = ['expected 1: a tree has one root'];
    problems.push(problem(['tree', 0], `${tree[0]} roots`, advice));
  }
  for (const [index, count] of tree.entries()) {
    const above = tree[index - 1];
    if (above === undefined || count >= above) continue;
    const found = `${count} nodes below ${above}: some would have no child`;
    problems.push(problem(['tree', index], found, [`expected at least ${above}`]));
  }
  if (mobility.model !== 'static') {
    const advice = ['set mobility.model: static, or list `servers` with their sites'];
    problems.push(problem(['tree'], 'a tree of levels is for workers that stay', advice, 'key'));
  }
  const isOwn = servers.some(({ id }) => !/^(edge|level-\d+)-\d+$/.test(id));
  if (isOwn) problems.push(problem(['tree'], 'there are `servers` too', ['leave one out'], 'key'));
  return problems;
};

const windows: QuickCheck = ({ windows, sensors, data, mobility }, problem) => {
  if (windows === undefined) {
    const advice = ['expected for instance windows: { everyS: 60, count: 20 }'];
    return [problem(['windows'], 'a tree of models needs windows to train on', advice, 'key')];
  }
  const { everyS, items } = windows;
  if (everyS !== undefined && items !== undefined) {
    return [problem(['windows', 'items'], 'a window has a length in seconds already', [], 'key')];
  }
  const collects = data.regions !== undefined;
  if (everyS !== undefined && sensors === undefined && !collects) {
    const advice = ['set `sensors`, data.regions or windows.items'];
    return [problem(['windows', 'everyS'], 'nothing gives items over time', advice, 'key')];
  }
  const isTimed = sensors !== undefined || collects;
  if (isTimed && everyS === undefined && items === undefined) {
    const advice = ['set windows.everyS or windows.items'];
    return [problem(['windows'], 'how long is a window of what comes?', advice, 'key')];
  }
  const mayBeRegions = mobility.model === 'static' && data.owners === 'regions';
  if (!isTimed && data.owners !== 'workers' && !mayBeRegions) {
    const advice = ['expected owners: workers'];
    return [problem(['data', 'owners'], 'windows are cut from what each worker owns', advice)];
  }
  return [];
};

/** Keys of a tree of models where every round is of one model. */
const keysOfTrees: QuickCheck = (config, problem) => {
  const advice = ['set rounds.mode: hierarchical, or leave it out'];
  return (['windows', 'sensors'] as const)
    .filter((key) => config[key] !== undefined)
    .map((key) => problem([key], 'only a tree of models has them', advice, 'key'));
};

/** A relay has no model, so the root is none, and a relay has nothing to compute a gradient with. */
const relays: QuickCheck = ({ layers, servers }, problem) =>
  Object.entries(layers).flatMap(([name, layer]): Problem[] => {
    if (layer === undefined || !('model' in layer) || layer.model !== 'relay') return [];
    const path = ['layers', name];
    if (name === 'cloud') {
      const advice = ['expected replica: the root has the model'];
      return [problem([...path, 'model'], 'the root cannot be a relay', advice)];
    }
    const receivers = [
      ...servers.flatMap((one) => {
        const above = servers.find(({ id }) => id === one.parent);
        return above?.layer === name ? [one.layer] : [];
      }),
      ...(hasWorkers(name, servers) ? ['worker'] : []),
    ];
    const encoded = receivers.find((each) => (layers[each]?.encoding.down ?? 'full') !== 'full');
    if (encoded !== undefined) {
      const found = `a relay (${name}) passes models on in full`;
      return [problem(['layers', encoded, 'encoding', 'down'], found, ['expected full'])];
    }
    if (layer.aggregate.reference === undefined) return [];
    const found = 'a relay has no model to compute a gradient of its own with';
    return [problem([...path, 'aggregate', 'reference'], found, ['set model: replica'], 'key')];
  });

/** Exchanges of those that decide on none: the root has no server above, and a relay passes on all. */
const idleExchange: QuickCheck = ({ layers }, problem) =>
  Object.entries(layers).flatMap(([name, layer]): Problem[] => {
    const isRelay = layer !== undefined && 'model' in layer && layer.model === 'relay';
    if (layer === undefined || (name !== 'cloud' && !isRelay)) return [];
    const found = isRelay
      ? 'a relay keeps no change: it passes on what it merges, and asks when its children do'
      : 'the root has no server above to send to or to ask';
    const advice = ['leave it out'];
    const path = ['layers', name];
    return [
      ...(['push', 'pull'] as const)
        .filter((key) => layer[key] !== 'every-change')
        .map((key) => problem([...path, key], found, advice)),
      ...(['up', 'down'] as const)
        .filter((key) => layer.encoding[key] !== 'full')
        .map((key) => problem([...path, 'encoding', key], found, advice)),
    ];
  });

/** What only pulls have: a push cannot follow itself, and one that waits for its model asks at once. */
const pulls: QuickCheck = ({ layers, rounds }, problem) => {
  const ofPushes = Object.entries(layers).flatMap(([name, layer]): Problem[] =>
    triggerChoices(layer?.push ?? 'every-change')
      .list.filter(({ rule }) => rule === 'after-push')
      .map(({ path }) => {
        const advice = ['expected it in `pull`'];
        return problem(['layers', name, 'push', ...path], 'a push cannot follow itself', advice);
      }),
  );
  const isLazy = layers.worker.pullAt === 'next-window';
  if (!isLazy || rounds.mode !== 'hierarchical' || rounds.pace === 'free') return ofPushes;
  const found = 'with pace: synchronous a worker waits for its model before it goes on anyway';
  const advice = ['set rounds.pace: free, or expected due'];
  return [...ofPushes, problem(['layers', 'worker', 'pullAt'], found, advice)];
};

/** Whether workers may be below servers of that layer. */
function hasWorkers(layer: string, servers: Config['servers']): boolean {
  return servers.some(
    ({ id, layer: own }) => own === layer && servers.every(({ parent }) => parent !== id),
  );
}
