import type { EntityKind } from '../mobility/fcd/fcd-sink.ts';
import { type Antenna, maximumLossDb } from '../mobility/radio/antenna.ts';
import { disc } from '../mobility/radio/disc.ts';
import { radioOf } from '../mobility/radio/path-loss.ts';
import { Propagation } from '../mobility/radio/propagation.ts';
import type { Radio } from '../mobility/radio/radio.ts';
import { type Site, seenBy } from '../mobility/site.ts';
import { loadRadioModel } from '../rules/running/load.ts';
import { referenceTo } from './choose-rules.ts';
import type { Config } from './config-schema.ts';

const KINDS: readonly EntityKind[] = ['car', 'pedestrian', 'container'];

/** The radio of a config, and its sites with what it makes of them. */
export interface Reaching {
  radio: Radio;
  sites: Site[];
  /** Null for the model `range`, which knows no power. */
  propagation: Propagation | null;
}

/** `sites`: of the config's servers. Throws InputError. */
export async function reachingOf(config: Config, sites: readonly Site[]): Promise<Reaching> {
  const { radio, workers } = config.mobility;
  const { model, options, frequencyGHz, shadowing = null } = radio;
  if (model === 'range') return { radio: disc, sites: sites.map(within), propagation: null };
  const { timeLimitS } = config.rules;
  const chosen = await loadRadioModel(
    await referenceTo('radio model', { rule: model, options }, timeLimitS),
  );
  const propagation = new Propagation({
    ...{ model: chosen, frequencyGHz, shadowing, seed: config.seed },
  });
  const reaching = sites.map((site): Site => {
    const byKind = KINDS.map((kind) => [kind, reachOf(site.server, kind)] as const);
    const taking = byKind.filter(([kind]) => workers.kinds.includes(kind));
    const rangeM = Math.max(...taking.map(([, reach]) => reach.rangeM));
    return { ...site, rangeM, byKind: Object.fromEntries(byKind) };
  });
  const seen = reaching.flatMap((site) => KINDS.map((kind) => seenBy(site, kind)));
  return { radio: radioOf(propagation, seen), sites: reaching, propagation };

  function within(site: Site): Site {
    const byKind = KINDS.flatMap((kind) => {
      const own = radio.workerByKind[kind]?.rangeM ?? Number.POSITIVE_INFINITY;
      return own < site.rangeM ? [[kind, { rangeM: own }] as const] : [];
    });
    return byKind.length === 0 ? site : { ...site, byKind: Object.fromEntries(byKind) };
  }

  function reachOf(server: string, kind: EntityKind) {
    const { atServer, atWorker } = antennasOf(config, server, kind);
    const link = {
      maximumLossDb: maximumLossDb(atServer, atWorker),
      serverHeightM: atServer.heightM,
      workerHeightM: atWorker.heightM,
    };
    return { rangeM: propagation.reachM(link), link };
  }
}

/** The two ends of a link between a server and workers of one kind. */
function antennasOf(
  { servers, mobility }: Config,
  server: string,
  kind: EntityKind,
): { atServer: Antenna; atWorker: Antenna } {
  const { radio } = mobility;
  const own = servers.find(({ id }) => id === server)?.radio;
  return {
    atServer: { ...radio.server, ...given(own) },
    atWorker: { ...radio.worker, ...given(radio.workerByKind[kind]) },
  };
}

function given(antenna: { [Key in keyof Antenna]?: number | undefined } = {}): Partial<Antenna> {
  return Object.fromEntries(Object.entries(antenna).filter(([, value]) => value !== undefined));
}
