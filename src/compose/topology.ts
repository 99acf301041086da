import { isDeepStrictEqual } from 'node:util';
import { blockOf, leafServers } from '../config/complete-tree.ts';
import type { Config } from '../config/config-schema.ts';
import { slotNames } from '../mobility/leases.ts';
import { linkTable } from '../network/constant-links.ts';
import type { MemorySettings } from '../nodes/hierarchy/settings.ts';
import { forecastOf, type LinkForecast } from './forecast.ts';
import { bytesPerParameter, encodedBytes } from './forecast-bytes.ts';
import { speedOf } from './hierarchy.ts';
import { memoryOf } from './node-memory.ts';
import { linksOf, serverTree } from './server-tree.ts';

/** A node of a tree of models, and its link to its parent. */
export interface TopologyNode {
  id: string;
  parent: string | null;
  layer: string;
  /** 0 is the root. */
  level: number;
  /** Of a worker. */
  speedMflops: number | null;
  memoryMb: number | null;
  /** Least memory that it needs. */
  neededMb: number | null;
  /** Null at the root. */
  link: OneWay | null;
  /** From the parent, where that way differs; else null. */
  linkDown: OneWay | null;
  /** Vectors on that link; null at the root. */
  transfers: LinkForecast | null;
  /** Bytes of these vectors as they are encoded, without headers; null at the root. */
  bytes: LinkForecast | null;
  /** Bytes of a vector in full, without headers. */
  vectorBytes: number;
}

/** A link in one direction. */
interface OneWay {
  bandwidthMbps: number;
  latencyMs: number;
  loss: number;
}

/** The nodes of a tree of models from its root down, and what its links will carry. */
export function topologyOf(
  config: Config,
  dimension: number,
  memory: MemorySettings | null,
): TopologyNode[] {
  const { layers, mobility } = config;
  const linkOf = linkTable({ workerLink: layers.worker.link, links: linksOf(config) });
  const leaves = leafServers(config);
  const names = slotNames(mobility.workers.count);
  const workers = names.map((id, number) => {
    const parent = leaves[blockOf(number, names.length, leaves.length)]!;
    return { id, parent, layer: 'worker' };
  });
  const servers = serverTree(config).map(({ id, parent, layer }) => ({ id, parent, layer }));
  const level = new Map<string, number>();
  const nodes = [...parentsFirst(servers), ...workers];
  const forecast = forecastOf(config, nodes);
  const vectorBytes = dimension * bytesPerParameter(config);
  return nodes.map((node): TopologyNode => {
    const { id, parent, layer } = node;
    level.set(id, parent === null ? 0 : level.get(parent)! + 1);
    const way = (direction: 'up' | 'down'): OneWay => {
      const { bandwidthMbps, latencyMs, loss } = linkOf({ lower: id, direction });
      return { bandwidthMbps, latencyMs, loss };
    };
    const isAlike = isDeepStrictEqual(way('up'), way('down'));
    return {
      ...{ id, parent, layer, level: level.get(id)! },
      speedMflops: layer === 'worker' ? speedOf(layers.worker, id) : null,
      memoryMb: memoryOf(config, id, layer).memoryMb ?? null,
      neededMb: memory === null ? null : memory.needed.get(id)! / 1e6,
      link: parent === null ? null : way('up'),
      linkDown: parent === null || isAlike ? null : way('down'),
      transfers: forecast.get(id) ?? null,
      bytes: forecast.has(id) ? encodedBytes(config, node, forecast.get(id)!, dimension) : null,
      vectorBytes,
    };
  });
}

function parentsFirst<Node extends { id: string; parent: string | null }>(nodes: Node[]): Node[] {
  const below = (parent: string | null): Node[] =>
    nodes.filter((node) => node.parent === parent).flatMap((node) => [node, ...below(node.id)]);
  return below(null);
}

/** Bytes of the vectors that the simulation of the tree holds at least: two a node, of 4 bytes a number. */
export function treeBytes(nodes: readonly TopologyNode[], dimension: number): number {
  return nodes.length * 2 * 4 * dimension;
}
