import { InvalidArgumentError, Option } from 'commander';
import type { regionCells } from '../../config/region-cells.ts';
import { InputError } from '../../errors.ts';
import type { Association } from '../../mobility/association/association.ts';
import type { Bounds } from '../../mobility/bounds.ts';
import type { Network } from '../../mobility/network.ts';
import type { Radio } from '../../mobility/radio/radio.ts';
import type { Site } from '../../mobility/site.ts';
import type { Trace } from '../../mobility/trace.ts';

/** Options of every command that reads a trace. */
export interface ScenarioOptions {
  network?: string;
  origin?: { lat: number; lon: number };
  format?: string;
}

/** The scenario given to a command: files of a trace, or a config with one. */
interface GivenScenario {
  trace: Trace;
  network: Network | undefined;
  /** Of the network, where it is one of SUMO. */
  networkFile: string | undefined;
  /** Of a config. */
  own?: {
    name: string;
    sites: Site[];
    radio: Radio;
    association: Association | null;
    pingPongS: number;
    regions: (bounds: Bounds) => ReturnType<typeof regionCells>;
  };
}

export const INPUT = 'files of a trace (docs/traces.md), or the YAML file of a config';

export function networkOption(): Option {
  return new Option('--network <file>', 'SUMO network, which places degrees and names junctions');
}

export function originOption(): Option {
  return new Option(
    '--origin <lat,lon>',
    'without a network: x 0, y 0 of the map, for a trace in degrees',
  ).argParser(readOrigin);
}

export function formatOption(): Option {
  return new Option('--format <name>', 'of the trace, where its start does not show it');
}

/** `riders`: of files; a config says it itself. Throws InputError. */
export async function givenScenario(
  files: readonly string[],
  { network: networkFile, origin, format }: ScenarioOptions,
  riders: 'with-vehicle' | 'separate' = 'with-vehicle',
): Promise<GivenScenario> {
  const [file, ...more] = files;
  if (more.length === 0 && /\.ya?ml$/.test(file!)) return ofConfig(file!);
  const { cachedNetwork } = await import('../../mobility/cached-network.ts');
  const { cachedTrace } = await import('../../mobility/cached-trace.ts');
  const { mapAround } = await import('../../mobility/network.ts');
  const map = origin === undefined ? undefined : mapAround(origin);
  const network = networkFile === undefined ? map : await cachedNetwork(networkFile);
  const source = { files, ...(format === undefined ? {} : { format }) };
  return { trace: await cachedTrace(source, { network, riders }), network, networkFile };
}

async function ofConfig(file: string): Promise<GivenScenario> {
  const { loadConfig } = await import('../../config/load-config.ts');
  const { scenarioOf } = await import('../../config/scenario.ts');
  const { config } = await loadConfig(file);
  if (config.mobility.model === 'static') {
    throw new InputError({
      place: { file },
      found: 'mobility.model: static, so there is no movement',
      advice: ['expected a config with a trace or a movement model'],
    });
  }
  const { pingPongS } = config.mobility.handover;
  const { regionCells } = await import('../../config/region-cells.ts');
  const scenario = await scenarioOf(config);
  const { trace, network, sites, radio, association } = scenario;
  const regions = (bounds: Bounds) => regionCells(config, scenario, bounds);
  const own = { name: config.name, sites, radio, association, pingPongS, regions };
  return { trace, network, networkFile: config.mobility.network, own };
}

/** `42.355,-71.066` */
function readOrigin(text: string): { lat: number; lon: number } {
  const [lat, lon, ...more] = text.split(',').map(Number);
  if (more.length > 0 || !(Math.abs(lat!) <= 85 && Math.abs(lon!) <= 180)) {
    throw new InvalidArgumentError('Expected degrees as LAT,LON, for instance 42.355,-71.066.');
  }
  return { lat: lat!, lon: lon! };
}
