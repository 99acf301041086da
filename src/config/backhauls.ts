import { serverLayer } from './complete-layers.ts';
import type { Config } from './config-schema.ts';

/** A server's link to the one above is a part of that backhaul; undefined: of none. */
export function backhaulOf(
  config: Config,
  { layer, link }: Config['servers'][number],
): Config['backhauls'][number] | undefined {
  const id = link.backhaul ?? serverLayer(config, layer).link.backhaul;
  return id === undefined ? undefined : config.backhauls.find((each) => each.id === id);
}
