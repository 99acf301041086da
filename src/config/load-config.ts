import { dirname, resolve } from 'node:path';
import { InputError, type Problem } from '../errors.ts';
import { checkConfig, warningsOf } from './check-config.ts';
import { completeLayers } from './complete-layers.ts';
import { type Config, type ConfigInput, configSchema } from './config-schema.ts';
import { type ConfigSource, configSource, inOrder } from './config-source.ts';
import { type JsonSchema, jsonSchemaByKey } from './json-schema.ts';
import { guarded, parseParts } from './parse-parts.ts';
import { resolvePaths } from './resolve-paths.ts';
import { withSitesOfFile } from './sites-file.ts';
import { readYaml, type YamlDocument } from './yaml-document.ts';

/** A config that has been read and checked. */
export interface LoadedConfig {
  /** Every default filled in, every path absolute. */
  config: Config;
  /** Gives problems that are found later their place in the config. */
  source: ConfigSource;
}

/**
 * Reads and checks the YAML file of a config. `overrides`: changes of the form `path=value`, as on the
 * command line; `seed`: instead of the config's. Paths in it start at the file's folder.
 *
 * Throws one InputError with all problems: of the YAML, else of keys and values and of what the other
 * ones mean together.
 */
export async function loadConfig(
  file: string,
  given: { overrides?: readonly string[]; seed?: number } = {},
): Promise<LoadedConfig> {
  const document = await readYaml(file);
  refuseStudy(document);
  return checked(document, overridesOf(given), dirname(resolve(file)));
}

/**
 * Checks a config that is an object, with the keys of a YAML file (`docs/options.md`). Relative paths in it
 * start at `folder`, by default the working directory. The object is not changed.
 *
 * Throws one InputError with all problems, as `loadConfig` does, without lines.
 */
export async function parseConfig(
  config: ConfigInput,
  { folder = '.' }: { folder?: string } = {},
): Promise<LoadedConfig> {
  return checked({ value: plainCopy(config) }, [], resolve(folder));
}

async function checked(
  document: Parameters<typeof configSource>[0],
  overrides: readonly string[],
  folder: string,
): Promise<LoadedConfig> {
  const source = await sourceOf(document, overrides, folder, jsonSchemaByKey(configSchema));
  const { written, problems, wrong } = parseParts(source);
  const config = completeLayers(resolvePaths(written, folder));
  const all = [...problems, ...(await checkConfig(guarded(config, wrong), source))];
  if (all.length > 0) throw new InputError(inOrder(all));
  return { config, source };
}

/** Servers of a file are there before an override names one of them, unless it names another file. */
async function sourceOf(
  document: Parameters<typeof configSource>[0],
  overrides: readonly string[],
  folder: string,
  jsonSchema: JsonSchema,
): Promise<ConfigSource> {
  if (!overrides.some((each) => each.startsWith('sites'))) {
    const value = await withSitesOfFile(document.value, folder);
    return configSource({ ...document, value }, overrides, jsonSchema);
  }
  const source = configSource(document, overrides, jsonSchema);
  return { ...source, value: await withSitesOfFile(source.value, folder) };
}

function plainCopy(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch (error) {
    throw new InputError({ found: `not plain data: ${(error as Error).message}` });
  }
}

/** Warnings about likely faults of the config. */
export function warningsAbout({ config, source }: LoadedConfig): Promise<Problem[]> {
  return warningsOf(config, source);
}

/** An error found after the config was checked, at its place in the config. */
export function placedIn({ source }: LoadedConfig, error: unknown): unknown {
  if (!(error instanceof InputError)) return error;
  return new InputError(
    error.problems.map(({ path, ...problem }) =>
      path === undefined || problem.place !== undefined
        ? problem
        : source.problem(path, problem.found, problem.advice),
    ),
  );
}

/** A seed of its own stands in the place of the config's, wherever that is set. */
function overridesOf(given: { overrides?: readonly string[]; seed?: number }): string[] {
  const { overrides = [], seed } = given;
  if (seed === undefined) return [...overrides];
  return [...overrides.filter((each) => !each.startsWith('seed=')), `seed=${seed}`];
}

/** Otherwise every key of a study would be reported as unknown. */
function refuseStudy({ file, value, placeOf }: YamlDocument): void {
  if (typeof value !== 'object' || value === null || !('base' in value)) return;
  throw new InputError({
    place: placeOf(['base'], 'key'),
    found: 'a study, not the config of one run',
    advice: [`edgemlsim study ${file} checks all its runs, and runs them`],
  });
}
