import { InputError } from '../errors.ts';
import type { MobilityMap } from '../mobility/contacts.ts';
import type { EntityKind } from '../mobility/fcd/fcd-sink.ts';
import { type Antenna, maximumLossDb } from '../mobility/radio/antenna.ts';
import { disc } from '../mobility/radio/disc.ts';
import { radioOf } from '../mobility/radio/path-loss.ts';
import { Propagation } from '../mobility/radio/propagation.ts';
import type { Radio } from '../mobility/radio/radio.ts';
import { type SignalDirection, signalAlong } from '../mobility/radio/signal.ts';
import { byDistance, type Strength } from '../mobility/radio/strength.ts';
import { type RadioBudget, type Site, seenBy } from '../mobility/site.ts';
import type { Config } from './config-schema.ts';

const KINDS: readonly EntityKind[] = ['car', 'pedestrian', 'container'];

/** The radio of a config, and its sites with what it makes of them. */
export interface Reaching {
  radio: Radio;
  sites: Site[];
  /** How strong the sites are. */
  strength: Strength;
  /**
   * By how many dB the path loss may still grow for a worker of that kind, that many metres east and
   * north of the site; null with a range alone.
   */
  marginDb: ((site: Site, kind: EntityKind, x: number, y: number) => number) | null;
  /** Foretells the radio of a contact, where rate or loss depend on it. */
  signal: MobilityMap['signal'];
}

/** `sites`: of the config's servers. Throws InputError. */
export async function reachingOf(config: Config, sites: readonly Site[]): Promise<Reaching> {
  const { radio, workers } = config.mobility;
  const { model, options, frequencyGHz, shadowing = null } = radio;
  if (model === 'range') {
    if (radio.rate === undefined && radio.loss === undefined) {
      const parts = { radio: disc, sites: sites.map(within), strength: byDistance };
      return { ...parts, marginDb: null, signal: null };
    }
    throw new InputError({
      found: 'rate or loss by the signal, but the model range has none',
      advice: ['set mobility.radio.model to a model of path loss, log-distance for instance'],
    });
  }
  // A range alone needs neither rules nor their loading.
  const { referenceTo } = await import('./choose-rules.ts');
  const { loadRadioModel } = await import('../rules/running/load.ts');
  const { timeLimitS } = config.rules;
  const chosen = await loadRadioModel(
    await referenceTo('radio model', { rule: model, options }, timeLimitS),
  );
  const propagation = new Propagation({
    ...{ model: chosen, frequencyGHz, shadowing, seed: config.seed },
  });
  if (propagation.edgesM.length > 0 && sites.some(({ carriedBy }) => carriedBy !== undefined)) {
    throw new InputError({
      found: 'a server on an entity, but shadowing and drawn lines of sight are of fixed places',
      advice: ['leave out shadowing, and set options.sight to los or nlos'],
    });
  }
  const reaching = sites.map((site): Site => {
    const byKind = KINDS.map((kind) => [kind, reachOf(site.server, kind)] as const);
    const taking = byKind.filter(([kind]) => workers.kinds.includes(kind));
    const rangeM = Math.max(...taking.map(([, reach]) => reach.rangeM));
    return { ...site, rangeM, byKind: Object.fromEntries(byKind) };
  });
  const seen = reaching.flatMap((site) => KINDS.map((kind) => seenBy(site, kind)));
  const isForetold = radio.rate !== undefined || radio.loss !== undefined;
  const signal: MobilityMap['signal'] = (presence, contact) => {
    const site = seenBy(reaching[contact.site]!, presence.kind) as Site & { link: RadioBudget };
    const { atServer, atWorker } = antennasOf(config, site.server, presence.kind);
    const directions = { up: direction(atWorker, atServer), down: direction(atServer, atWorker) };
    return signalAlong(presence, contact, site, propagation, directions);
  };
  const powers = new Map(
    reaching.map(({ server }) => {
      const byKind = KINDS.map((kind) => {
        const { atServer, atWorker } = antennasOf(config, server, kind);
        return [kind, direction(atServer, atWorker).powerDbm] as const;
      });
      return [server, Object.fromEntries(byKind) as Record<EntityKind, number>] as const;
    }),
  );
  const strength: Strength = {
    edgesM: propagation.edgesM,
    strengthDb: (site, kind, x, y) =>
      powers.get(site.server)![kind] -
      propagation.lossDb(site as Site & { link: RadioBudget }, x, y),
  };
  const marginDb: Reaching['marginDb'] = (site, kind, x, y) => {
    const linked = seenBy(site, kind) as Site & { link: RadioBudget };
    return linked.link.maximumLossDb - propagation.lossDb(linked, x, y);
  };
  const parts = { radio: radioOf(propagation, seen), sites: reaching, strength, marginDb };
  return { ...parts, signal: isForetold ? signal : null };

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

function direction(from: Antenna, to: Antenna): SignalDirection {
  const { sensitivityDbm, noiseFigureDb } = to;
  return { powerDbm: from.powerDbm + from.gainDbi + to.gainDbi, sensitivityDbm, noiseFigureDb };
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
