import type { RandomSource } from '../rules/plain-data.ts';

/** Who lies: exactly one of `count`, `fraction` and (scope `global`) `ids` is set. */
export interface FaultySettings {
  /**
   * `global`: fixed nodes of the whole system, counted in nodes. `per-aggregation`: drawn anew at
   * each aggregation among the vectors that arrived, counted in vectors.
   */
  readonly scope: 'global' | 'per-aggregation';
  readonly count?: number | undefined;
  readonly fraction?: number | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** Who lies in a layer, with the nodes of scope `global` drawn. */
export interface FaultySenders {
  readonly settings: FaultySettings;
  readonly global: ReadonlySet<string>;
}

/** Whether a node is faulty at this moment, for what it does before its vector is received. */
export function isFaultyNow({ global }: FaultySenders, node: string): boolean {
  return global.has(node);
}

/**
 * The nodes that are faulty wherever they are; none for scope `per-aggregation`. Draw once, from
 * a stream of its own, with the node ids in a fixed order.
 */
export function chooseGlobal(
  settings: FaultySettings,
  nodeIds: readonly string[],
  random: RandomSource,
): ReadonlySet<string> {
  if (settings.scope !== 'global') return new Set();
  if (settings.ids) return new Set(settings.ids);
  const drawn = draw(howMany(settings, nodeIds.length), nodeIds.length, random);
  return new Set(nodeIds.filter((_, index) => drawn[index]));
}

/** Which vectors of one aggregation come from faulty senders; a node may have sent several. */
export function chooseAtAggregation(
  settings: FaultySettings,
  senders: readonly string[],
  globalIds: ReadonlySet<string>,
  random: RandomSource,
): boolean[] {
  if (settings.scope === 'global') return senders.map((id) => globalIds.has(id));
  return draw(howMany(settings, senders.length), senders.length, random);
}

/** A fraction is rounded to the nearest whole number (a half up); more than there are: all. */
function howMany({ count, fraction = 0 }: FaultySettings, total: number): number {
  return Math.min(count ?? Math.round(fraction * total), total);
}

function draw(count: number, total: number, random: RandomSource): boolean[] {
  const flags = Array.from({ length: total }, (_, index) => index < count);
  return random.shuffle(flags);
}
