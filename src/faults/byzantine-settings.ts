import type { RandomSource } from '../rules/contract/plain-data.ts';

/**
 * Which nodes are Byzantine: exactly one of `count`, `fraction` and (scope `global`) `ids` is set.
 */
export interface ByzantineSettings {
  /**
   * `global`: fixed nodes of the whole system, counted in nodes. `local`: at any time this many of
   * the nodes near each server, counted in nodes. `per-aggregation`: drawn again at each
   * aggregation among the vectors that arrived, counted in vectors.
   */
  readonly scope: 'global' | 'local' | 'per-aggregation';
  readonly count?: number | undefined;
  readonly fraction?: number | undefined;
  readonly ids?: readonly string[] | undefined;
}

/**
 * The nodes that are Byzantine wherever they are; none for other scopes than `global`. Draw once, from
 * a stream of its own, with the node ids in a fixed order.
 */
export function chooseGlobal(
  settings: ByzantineSettings,
  nodeIds: readonly string[],
  random: RandomSource,
): ReadonlySet<string> {
  if (settings.scope !== 'global') return new Set();
  if (settings.ids) return new Set(settings.ids);
  const drawn = draw(howMany(settings, nodeIds.length), nodeIds.length, random);
  return new Set(nodeIds.filter((_, index) => drawn[index]));
}

/**
 * Which vectors of one aggregation are Byzantine. Input: whether the sender of each could be, when
 * it sent the vector. Only scope `per-aggregation` draws, and counts only these; a node may have
 * sent several.
 */
export function chooseAtAggregation(
  settings: ByzantineSettings,
  mayBeByzantine: readonly boolean[],
  random: () => RandomSource,
): boolean[] {
  if (settings.scope !== 'per-aggregation') return [...mayBeByzantine];
  const possible = mayBeByzantine.filter(Boolean).length;
  const drawn = draw(howMany(settings, possible), possible, random());
  let next = 0;
  return mayBeByzantine.map((may) => may && drawn[next++]!);
}

/** A fraction is rounded to the nearest whole number (a half up); more than there are: all. */
export function howMany({ count, fraction = 0 }: ByzantineSettings, total: number): number {
  return Math.min(count ?? Math.round(fraction * total), total);
}

function draw(count: number, total: number, random: RandomSource): boolean[] {
  const flags = Array.from({ length: total }, (_, index) => index < count);
  return random.shuffle(flags);
}
