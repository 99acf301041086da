import { dirname, resolve } from 'node:path';
import { InputError, type Problem } from '../errors.ts';
import { checkConfig, warningsOf } from './check-config.ts';
import { completeLayers } from './complete-layers.ts';
import { type Config, configSchema } from './config-schema.ts';
import { type ConfigSource, configSource, parseSource } from './config-source.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { resolvePaths } from './resolve-paths.ts';
import { readYaml, type YamlDocument } from './yaml-document.ts';

export interface LoadedConfig {
  /** Every default filled in, every path absolute. */
  config: Config;
  /** As the user named it. */
  file: string;
  /** Places problems found later. */
  source: ConfigSource;
}

/**
 * Reads and checks a configuration. Throws one InputError with everything that is wrong:
 * first with the YAML, else with keys and values, else with what they mean together.
 */
export async function loadConfig(
  file: string,
  given: { overrides?: readonly string[]; seed?: number } = {},
): Promise<LoadedConfig> {
  const overrides = overridesOf(given);
  const jsonSchema = jsonSchemaOf(configSchema);
  const document = await readYaml(file);
  refuseStudy(document);
  const source = configSource(document, overrides, jsonSchema);
  const written = parseSource(source, configSchema, jsonSchema);
  const config = completeLayers(resolvePaths(written, dirname(resolve(file))));
  await checkConfig(config, source);
  return { config, file, source };
}

/** What is likely to go wrong with it. */
export function warningsAbout({ config, source }: LoadedConfig): Promise<Problem[]> {
  return warningsOf(config, source);
}

/** What was found wrong once the config was checked, at its place in the config. */
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

/** Otherwise every key of a study would be told as unknown. */
function refuseStudy({ file, value, placeOf }: YamlDocument): void {
  if (typeof value !== 'object' || value === null || !('base' in value)) return;
  throw new InputError({
    place: placeOf(['base'], 'key'),
    found: 'a study, not the config of one run',
    advice: [`edgemlsim study ${file} checks all its runs, and runs them`],
  });
}
