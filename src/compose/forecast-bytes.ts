import type { Config, ServerLayer } from '../config/config-schema.ts';
import { createEncoding } from '../learning/encodings/index.ts';
import type { LinkForecast, TransferBounds } from './forecast.ts';
import { encodingOf } from './hierarchy.ts';

export function bytesPerParameter({ rounds }: Config): number {
  return rounds.mode === 'hierarchical' ? rounds.bytesPerParameter : 4;
}

/**
 * The bytes of these vectors on the link from a node to its parent. Exact where their numbers are and
 * neither encoding depends on values; of encoded models also only where each is sent after the node
 * has said what it has: with pace synchronous and down: pull.
 */
export function encodedBytes(
  config: Config,
  node: { layer: string; parent: string | null },
  { up, down }: LinkForecast,
  dimension: number,
): LinkForecast {
  const { layers, rounds, servers } = config;
  const layer = layers[node.layer]!;
  const b = bytesPerParameter(config);
  const full = dimension * b;
  const one = (encoding: typeof layer.encoding.up): TransferBounds => {
    const { count, bytes } = createEncoding(encodingOf(encoding, dimension));
    const known = count(dimension);
    return {
      least: bytes(known ?? 0, dimension, b),
      most: bytes(known ?? dimension, dimension, b),
    };
  };
  const change = one(layer.encoding.up);
  const upBytes = {
    least: up.least * change.least,
    most: up.most === null ? null : up.most * change.most!,
  };
  if (layer.encoding.down === 'full') {
    return { up: upBytes, down: { least: down.least * full, most: times(down.most, full) } };
  }
  const above = layers[
    servers.find(({ id }) => id === node.parent)?.layer ?? 'cloud'
  ] as ServerLayer;
  const saysFirst =
    rounds.mode === 'hierarchical' && rounds.pace === 'synchronous' && above.down === 'pull';
  const difference = one(layer.encoding.down);
  const longest = saysFirst ? difference.most! : Math.max(full, difference.most!);
  // The first one is no difference.
  const withFirst = (count: number, size: number) => (count === 0 ? 0 : full + (count - 1) * size);
  return {
    up: upBytes,
    down: {
      least: withFirst(down.least, Math.min(full, difference.least)),
      most: down.most === null ? null : withFirst(down.most, longest),
    },
  };
}

function times(count: number | null, size: number): number | null {
  return count === null ? null : count * size;
}
