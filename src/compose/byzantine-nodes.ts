import type { Config } from '../config/config-schema.ts';
import type { ByzantineLayerSettings } from '../faults/byzantine-layer.ts';
import { chooseGlobal } from '../faults/byzantine-settings.ts';
import type { Trace } from '../mobility/trace.ts';
import { openStream } from '../simulation/random.ts';
import { secondsToUs } from '../simulation/time.ts';

/** Which nodes of a layer may be Byzantine, and when; undefined for a layer without an attack. */
export function attackersOf(
  { seed, layers, mobility }: Config,
  layer: string,
  nodeIds: readonly string[],
  trace: Trace,
): ByzantineLayerSettings | undefined {
  const attack = layer === 'cloud' ? undefined : layers[layer]?.attack;
  if (attack === undefined) return undefined;
  const { kind = null, region, fromS = 0, untilS, ...who } = attack.byzantine;
  // A slot may become any kind; an entity of the trace is one.
  const isOneForGood = layer === 'worker' && mobility.workers.mode === 'one-per-entity';
  const possible =
    kind === null || !isOneForGood ? nodeIds : nodeIds.filter(isEntityOf(kind, trace));
  return {
    who,
    fixed: chooseGlobal(who, possible, openStream(seed, `faulty-nodes/${layer}`)),
    kind,
    inRegion: region !== undefined,
    fromUs: secondsToUs(fromS),
    untilUs: untilS === undefined ? null : secondsToUs(untilS),
  };
}

function isEntityOf(kind: string, { presences }: Trace): (id: string) => boolean {
  const entities = new Set(
    presences.filter((presence) => presence.kind === kind).map(({ entity }) => entity),
  );
  return (id) => entities.has(id);
}
