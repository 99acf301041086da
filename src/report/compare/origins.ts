import { configDifferences } from '../../config-differences.ts';
import type { FoundProvenance } from '../page/run-files.ts';
import { configValueText, type SettledConfig } from '../page/settled-config.ts';

/** Something that runs, or studies, differ in, and what each of them has: empty where it has none. */
export interface Differing {
  what: string;
  values: string[];
}

/** Differences that could make other results, in the order in which they are printed. */
export interface OriginDifferences {
  config: Differing[];
  /** Hashes of trace, data and the user's own files. */
  inputs: Differing[];
  versions: Differing[];
  machine: Differing[];
}

type Parts = Record<Exclude<keyof OriginDifferences, 'config'>, Record<string, string>>;

/** The inputs of a run; null where a folder does not have them. */
interface Origin {
  config: SettledConfig | null;
  provenance: FoundProvenance | null;
}

/** Differences of runs: none of a part that one of them does not know. */
export function originDifferences(origins: readonly Origin[]): OriginDifferences {
  return {
    config: configsDiffer(origins.map(({ config }) => config)),
    ...partsDiffer(origins.map(({ provenance }) => (provenance === null ? [] : [provenance]))),
  };
}

/** Whether anything that made a run is unknown. */
export function isUnknown({ config, provenance }: Origin): boolean {
  return config === null || provenance === null;
}

/** Paths of configs, besides the name of the run. */
export function configsDiffer(configs: readonly (SettledConfig | null)[]): Differing[] {
  if (configs.some((config) => config === null)) return [];
  return configDifferences(configs).flatMap(({ path, values }) =>
    path === 'name' ? [] : [{ what: path, values: values.map(configValueText) }],
  );
}

/** The same of all else, where each side is one run or several: their different values in a row. */
export function partsDiffer(
  sides: readonly (readonly FoundProvenance[])[],
): Omit<OriginDifferences, 'config'> {
  const parts = sides.map((side) => side.map(partsOf));
  const differing = (part: keyof Parts): Differing[] => {
    if (parts.some((side) => side.length === 0)) return [];
    const names = new Set(parts.flat().flatMap((each) => Object.keys(each[part])));
    return [...names].flatMap((what) => {
      const values = parts.map((side) => {
        const own = new Set(side.map((each) => each[part][what] ?? ''));
        return [...own].toSorted().join(', ');
      });
      return values.every((value) => value === values[0]) ? [] : [{ what, values }];
    });
  };
  return {
    inputs: differing('inputs'),
    versions: differing('versions'),
    machine: differing('machine'),
  };
}

function partsOf(provenance: FoundProvenance): Parts {
  const { version, commit, node, engine, engineVersions, inputs, machine } = provenance;
  return {
    inputs: known({
      'SHA-256 of the trace': inputs?.trace,
      'SHA-256 of the dataset': inputs?.dataset,
      ...withPrefix('SHA-256 of ', inputs?.files),
    }),
    versions: known({
      ...{ edgemlsim: version, commit, 'Node.js': node, engine },
      ...withPrefix('of the engine: ', engineVersions),
    }),
    machine: known({
      platform: machine?.platform,
      processor: machine?.cpu,
      cores: machine?.cores,
      'memory (MiB)': machine?.memoryMiB,
    }),
  };
}

function withPrefix(prefix: string, values: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
}

function known(values: Record<string, string | number | null | undefined>): Record<string, string> {
  const entries = Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [[key, `${value}`]],
  );
  return Object.fromEntries(entries) as Record<string, string>;
}
