import { isDeepStrictEqual } from 'node:util';
import { leafServers } from './complete-tree.ts';
import type { Config } from './config-schema.ts';
import { drawsParticipants } from './participant-choice.ts';
import { windowsSchema } from './schema/windows.ts';

/** A key that hierarchical federated averaging stands for. */
interface AveragingKey {
  path: string[];
  value: unknown;
  /** Value of the key where the config does not name it. */
  unset: unknown;
}

/**
 * The keys that `rounds.averaging` stands for; empty without it. kappa1 makes the windows, kappa2 of each
 * level of servers its pushes and pulls, and updates count by their items.
 * Source: Liu, Zhang, Song & Letaief, ICC 2020, algorithm 1; with two levels McMahan et al., AISTATS 2017.
 */
export function averagingKeys(config: Config): AveragingKey[] {
  const { rounds, layers, data } = config;
  if (rounds.mode !== 'hierarchical' || rounds.averaging === undefined) return [];
  const { averaging } = rounds;
  const levels = levelsAbove(config, leafServers(config)[0]!);
  const merges = levels.map((_, index) => mergesAt(averaging.merges, index));
  const count = merges.reduce((product, each) => product * each, averaging.rounds);
  const length =
    'localSteps' in averaging
      ? { items: averaging.localSteps * data.batchSize }
      : { epochs: averaging.localEpochs };
  const whens = levels.flatMap((layer, index) =>
    merges[index] === 1 || layers[layer] === undefined
      ? []
      : (['push', 'pull'] as const).map((key) => ({
          path: ['layers', layer, key],
          value: { changes: merges[index] },
          unset: 'every-change',
        })),
  );
  // Those that do not take part have windows left when the last round is over.
  const isSampled = ['cloud', ...levels].some((name) => drawsParticipants(layers[name]));
  const weights = ['cloud', ...levels].flatMap((layer) => {
    const own = layers[layer];
    // Only the mean weighs; another rule keeps what the config says.
    if (own === undefined || !('aggregate' in own) || own.aggregate.rule !== 'mean') return [];
    return [{ path: ['layers', layer, 'aggregate', 'weights'], value: 'items', unset: 'equal' }];
  });
  return [
    { path: ['rounds', 'pace'], value: 'synchronous', unset: 'free' },
    { path: ['windows'], value: windowsSchema.parse({ ...length, count }), unset: undefined },
    ...whens,
    ...(isSampled
      ? [{ path: ['training', 'maximumRounds'], value: averaging.rounds, unset: undefined }]
      : []),
    ...weights,
  ];
}

/** Fills in what `rounds.averaging` stands for, where the config does not say it. */
export function completeAveraging(config: Config): Config {
  const keys = averagingKeys(config);
  if (keys.length === 0) return config;
  const completed = structuredClone(config);
  for (const { path, value, unset } of keys) {
    if (isDeepStrictEqual(keyValueAt(config, path), unset)) setAt(completed, path, value);
  }
  return completed;
}

/** Layers of the servers above the workers of that one, from it up, without the cloud's. */
export function levelsAbove({ servers }: Pick<Config, 'servers'>, leaf: string): string[] {
  const levels: string[] = [];
  let at = servers.find(({ id }) => id === leaf);
  // A circle is reported elsewhere.
  while (at !== undefined && levels.length < servers.length) {
    const { layer, parent } = at;
    levels.push(layer);
    at = servers.find(({ id }) => id === parent);
  }
  return levels;
}

/** kappa2 of the level of that number, from the workers up. */
function mergesAt(merges: number | readonly number[], index: number): number {
  return typeof merges === 'number' ? merges : (merges[index] ?? 1);
}

export function keyValueAt(config: unknown, path: readonly string[]): unknown {
  return path.reduce((at, key) => (at as Record<string, unknown> | undefined)?.[key], config);
}

function setAt(config: unknown, path: readonly string[], value: unknown): void {
  const above = keyValueAt(config, path.slice(0, -1)) as Record<string, unknown>;
  above[path.at(-1)!] = value;
}
