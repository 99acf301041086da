import type { Config } from './config-schema.ts';
import { serverSchema } from './schema/servers.ts';

/**
 * Turns `tree` into the servers and the number of workers that it stands for: each level is dealt to the
 * one above in equal blocks, as equal as they can be, in order.
 */
export function completeTree(config: Config): Config {
  const { tree, mobility } = config;
  if (tree === undefined || config.servers.length > 0) return config;
  const levels = tree.slice(1, -1);
  let above = ['cloud'];
  const servers: Config['servers'] = [];
  for (const [index, count] of levels.entries()) {
    const layer = index === levels.length - 1 ? 'edge' : `level-${index + 1}`;
    const ids = Array.from({ length: count }, (_, number) => `${layer}-${number + 1}`);
    for (const [number, id] of ids.entries()) {
      const parent = above[blockOf(number, count, above.length)]!;
      servers.push(serverSchema.parse({ id, parent, layer }));
    }
    above = ids;
  }
  const workers = { ...mobility.workers, count: tree.at(-1)! };
  return { ...config, servers, mobility: { ...mobility, workers } };
}

/** Which of `blocks` blocks, as equal as they can be, the item of that number is in. */
export function blockOf(number: number, items: number, blocks: number): number {
  return Math.floor((number * blocks) / items);
}

/** Servers that workers join: those without child servers; the root where there are no others. */
export function leafServers({ servers }: Pick<Config, 'servers'>): string[] {
  if (servers.length === 0) return ['cloud'];
  const parents = new Set(servers.map(({ parent }) => parent));
  return servers.flatMap(({ id }) => (parents.has(id) ? [] : [id]));
}
