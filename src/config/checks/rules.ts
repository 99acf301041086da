import { InputError, type Problem, placeText } from '../../errors.ts';
import {
  loadAggregator,
  loadAnyAttack,
  loadParticipants,
  loadPreAggregator,
  loadStalenessWeight,
  loadTrigger,
  OptionsRefused,
} from '../../rules/running/load.ts';
import { describeNeed, neededInputs, type RuleChain } from '../../rules/running/need.ts';
import { referenceTo } from '../choose-rules.ts';
import { fewestChildren, serverLayer, serverLayerNames } from '../complete-layers.ts';
import type { Config, ServerLayer } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';
import { participantChoice } from '../participant-choice.ts';
import { triggerChoices } from '../trigger-choices.ts';
import type { Path } from '../yaml-document.ts';
import type { Check } from './check.ts';
import { optionProblems } from './option-problems.ts';
import { tryParticipants } from './own-code.ts';

type Choice = { rule: string; options: Record<string, unknown> };

/** Updates count by their items only where there are some, and for a rule that looks at it. */
function itemProblems(
  config: Config,
  name: string,
  rule: RuleChain['aggregator']['rule'] | undefined,
  problem: ConfigSource['problem'],
): Problem[] {
  const path = ['layers', name, 'aggregate', 'weights'];
  if (config.rounds.mode !== 'hierarchical') {
    const advice = ['set rounds.mode: hierarchical, or expected equal or gradients'];
    return [problem(path, 'items: only updates of a tree of models carry their number', advice)];
  }
  if (serverLayer(config, name).collect === 'each') {
    const advice = [`set layers.${name}.collect: all, or expected equal`];
    return [
      problem(path, 'items: an update that is merged by itself has no other beside it', advice),
    ];
  }
  if (rule === undefined || rule.usesWeights === true) return [];
  const advice = ['expected equal, or a rule that looks at weights, such as mean'];
  return [problem(path, `items: ${rule.name} does not look at weights`, advice)];
}

/** Every rule exists, takes its options, and stands the declared f with what is collected. */
export const checkRules: Check = async (config, problem) => {
  const problems: Problem[] = [];
  for (const [name, layer] of Object.entries(config.layers)) {
    const path = ['layers', name];
    const attack = layer?.attack;
    if (attack) await tryRule([...path, 'attack'], 'attack', attack, loadAnyAttack);
    for (const key of ['push', 'pull'] as const) {
      for (const { path: below, ...choice } of layer ? triggerChoices(layer[key]).list : []) {
        await tryRule([...path, key, ...below], 'trigger', choice, loadTrigger);
      }
    }
    if (layer && 'aggregate' in layer) {
      const participants = participantChoice(layer.participants);
      await tryRule(
        [...path, 'participants'],
        'rule of participants',
        participants,
        async (reference) => {
          const chosen = await loadParticipants(reference);
          tryParticipants(chosen);
          return chosen;
        },
      );
      const weight = layer.aggregate.stalenessWeight;
      const at = [...path, 'aggregate', 'stalenessWeight'];
      const weigher = await tryRule(at, 'staleness weight', weight, loadStalenessWeight);
      if (weigher && config.rounds.mode === 'synchronous' && weight.rule !== 'constant') {
        const found = 'a weight by staleness, but in synchronous rounds no vector is stale';
        const advice = ['remove it, or set rounds.mode: asynchronous'];
        problems.push(problem([...at, 'rule'], found, advice));
      }
      const chain = await tryChain([...path, 'aggregate'], layer.aggregate);
      if (chain) {
        problems.push(...needProblems(config, name, chain, problem));
        problems.push(...bufferProblems(config, name, chain, problem));
      }
      const { tooFew, f, reference } = layer.aggregate;
      const isWithoutReference = (at: Path, used: RuleChain['aggregator'] | undefined) => {
        if (!used?.rule.needsReference || reference !== undefined) return;
        const found = `${used.rule.name} compares with the server's own gradient`;
        const advice = [`set layers.${name}.aggregate.reference: { items: 100 }`];
        problems.push(problem([...at, 'rule'], found, advice));
      };
      isWithoutReference([...path, 'aggregate'], chain?.aggregator);
      const isByItems = layer.aggregate.weights === 'items';
      if (isByItems) problems.push(...itemProblems(config, name, chain?.aggregator.rule, problem));
      if (typeof tooFew === 'object') {
        const below = [...path, 'aggregate', 'tooFew', 'fallback'];
        const fallback = await tryRule(below, 'aggregator', tooFew.fallback, loadAggregator);
        isWithoutReference(below, fallback);
        if (chain && fallback) {
          problems.push(...fallbackProblems(chain, fallback, f, below, problem));
        }
      }
    }
  }
  return problems;

  async function tryChain(
    path: Path,
    { before, ...aggregate }: ServerLayer['aggregate'],
  ): Promise<RuleChain | undefined> {
    const aggregator = await tryRule(path, 'aggregator', aggregate, loadAggregator);
    const preAggregators = [];
    for (const [index, choice] of before.entries()) {
      const at = [...path, 'before', index];
      preAggregators.push(await tryRule(at, 'pre-aggregator', choice, loadPreAggregator));
    }
    const loaded = preAggregators.filter((rule) => rule !== undefined);
    if (!aggregator || loaded.length < preAggregators.length) return undefined;
    return { aggregator, preAggregators: loaded };
  }

  async function tryRule<Loaded>(
    path: Path,
    kind: Parameters<typeof referenceTo>[0],
    choice: Choice,
    load: (reference: Awaited<ReturnType<typeof referenceTo>>) => Promise<Loaded>,
  ): Promise<Loaded | undefined> {
    try {
      return await load(await referenceTo(kind, choice, config.rules.timeLimitS));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...refusalProblems(error, path, choice, problem));
      return undefined;
    }
  }
};

function refusalProblems(
  error: InputError,
  path: Path,
  { rule, options }: Choice,
  problem: ConfigSource['problem'],
): Problem[] {
  if (error instanceof OptionsRefused) {
    return optionProblems(error, [...path, 'options'], rule, options, problem);
  }
  return error.problems.map(({ place, found, advice }) =>
    problem([...path, 'rule'], place ? `${placeText(place)}: ${found}` : found, advice),
  );
}

/** Whether the chain stands f Byzantine vectors among those that a server of the layer collects. */
function needProblems(
  config: Config,
  layer: string,
  chain: RuleChain,
  problem: ConfigSource['problem'],
): Problem[] {
  const { f } = config.layers[layer]!.aggregate;
  const path = ['layers', layer, 'aggregate', 'f'];
  const n = collectedBy(config, layer);
  const needed = neededInputs(chain, f);
  const refusal = refusalOf(chain, Math.max(n?.vectors ?? 0, needed), f);
  if (refusal !== null) return [problem(path, `${chain.aggregator.rule.name}: ${refusal}`)];
  if (n === undefined) return [];
  if (n.vectors >= needed) {
    if (f <= n.vectors || chain.aggregator.rule.countsSenders) return [];
    return [problem(path, `${f} Byzantine vectors of ${n.vectors}`, [`${n.why}`])];
  }
  const most = mostByzantine(chain, n.vectors);
  return [
    problem(path, describeNeed(chain, n.vectors, f), [
      n.why,
      [
        ...(most === undefined ? [] : [`declare at most f = ${most}`]),
        ...(Number.isFinite(needed) ? [n.more(needed)] : []),
      ].join(', or ') || 'choose another rule',
    ]),
  ];
}

/** A server that waits until no buffer is empty counts the same buffers as its rule. */
function bufferProblems(
  config: Config,
  layer: string,
  { preAggregators }: RuleChain,
  problem: ConfigSource['problem'],
): Problem[] {
  if (!serverLayerNames(config).includes(layer)) return [];
  const { collect } = serverLayer(config, layer);
  if (typeof collect !== 'object' || !('buffers' in collect)) return [];
  return preAggregators.flatMap(({ rule, options }, index): Problem[] => {
    const { buffers } = options as { buffers?: unknown };
    if (rule.name !== 'buffering' || buffers === collect.buffers) return [];
    const path = ['layers', layer, 'aggregate', 'before', index, 'options', 'buffers'];
    const found = `${buffers} buffers, but the server waits until each of ${collect.buffers} has something`;
    const advice = [`expected ${collect.buffers}, as in layers.${layer}.collect.buffers`];
    return [problem(path, found, advice)];
  });
}

/** A fallback is for fewer vectors than the rule needs. */
function fallbackProblems(
  chain: RuleChain,
  aggregator: RuleChain['aggregator'],
  f: number,
  path: Path,
  problem: ConfigSource['problem'],
): Problem[] {
  const own = { preAggregators: [], aggregator };
  const [needed, least] = [neededInputs(chain, f), neededInputs(own, f)];
  if (least < needed) return [];
  const { name } = aggregator.rule;
  const found = `${name} needs ${least} vectors with f = ${f}, and what it stands in for ${needed}`;
  const advice = ['expected a rule that needs fewer, mean for instance'];
  return [problem([...path, 'rule'], found, advice)];
}

/** Why the rule would refuse what its chain makes of n vectors; null when it would not. */
function refusalOf({ preAggregators, aggregator }: RuleChain, n: number, f: number): string | null {
  const { rule, options } = aggregator;
  if (!rule.refusal || !Number.isFinite(n)) return null;
  const left = preAggregators.reduce((count, step) => step.rule.outputs(count, step.options), n);
  return rule.refusal(left, f, options);
}

interface Collected {
  vectors: number;
  why: string;
  /** Advice to reach the number that is needed. */
  more: (needed: number) => string;
}

/** How many vectors an aggregation of the layer has, where that is the same each time. */
function collectedBy(config: Config, layer: string): Collected | undefined {
  if (!serverLayerNames(config).includes(layer)) return undefined;
  const { collect } = serverLayer(config, layer);
  if (collect === 'all') {
    const fewest = fewestChildren(config, layer);
    if (!fewest || fewest.children === 0) return undefined;
    const { id, children } = fewest;
    return {
      vectors: children,
      why: `${id} has ${children} child server${children === 1 ? '' : 's'}`,
      more: (needed) => `give it at least ${needed}`,
    };
  }
  if (collect === 'each') {
    return { vectors: 1, why: `layers.${layer}.collect is each`, more: () => 'collect: all' };
  }
  if ('buffers' in collect) {
    return {
      vectors: collect.buffers,
      why: `layers.${layer}.collect.buffers is ${collect.buffers}, of which each may hold one vector`,
      more: (needed) => `have at least ${needed} buffers`,
    };
  }
  if (!('count' in collect)) return undefined;
  return {
    vectors: collect.count,
    why: `layers.${layer}.collect.count is ${collect.count}`,
    more: (needed) => `collect at least ${needed}`,
  };
}

function mostByzantine(chain: RuleChain, n: number): number | undefined {
  let most: number | undefined;
  for (let f = 0; f < n && neededInputs(chain, f) <= n; f += 1) most = f;
  return most;
}
