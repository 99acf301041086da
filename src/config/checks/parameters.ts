import { readFile } from 'node:fs/promises';
import type { Problem } from '../../errors.ts';
import type { Parameter } from '../../learning/engine.ts';
import { decodeFirstParameters } from '../../learning/parameter-file.ts';
import { adviceOnName } from '../../nearest-name.ts';
import { systemRefusal } from '../../system-refusal.ts';
import type { Config } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';
import { isParameterFile } from '../resolve-paths.ts';
import { problemsFrom } from './problems-from.ts';

/** A vector of this many parameters still leaves room for the tens of them that a round holds. */
export const MOST_PARAMETERS = 20_000_000;

/** The model's parameters are not too many, fit the file to start from, and have the names used. */
export async function checkParameters(
  config: Config,
  parameters: readonly Parameter[],
  problem: ConfigSource['problem'],
): Promise<Problem[]> {
  return [
    ...size(config, parameters, problem),
    ...(await parameterFile(config, parameters, problem)),
    ...tensorNames(config, parameters, problem),
  ];
}

function size(
  { model }: Config,
  parameters: readonly Parameter[],
  problem: ConfigSource['problem'],
): Problem[] {
  const count = parameters.reduce((sum, { length }) => sum + length, 0);
  if (count <= MOST_PARAMETERS) return [];
  const found = `a model of ${count.toLocaleString('en')} parameters`;
  const most = MOST_PARAMETERS.toLocaleString('en');
  return [
    problem(['model', model.kind === 'module' ? 'path' : 'layers'], found, [
      `expected at most ${most}: vectors share 4 GiB of memory`,
    ]),
  ];
}

async function parameterFile(
  { model: { init } }: Config,
  parameters: readonly Parameter[],
  problem: ConfigSource['problem'],
): Promise<Problem[]> {
  if (!isParameterFile(init)) return [];
  const path = ['model', 'init'];
  try {
    decodeFirstParameters(await readFile(init), parameters, init);
    return [];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [problem(path, `${init}: no such file`)];
    if (code !== undefined)
      return [problem(path, `${init}: cannot be read: ${systemRefusal(error)}`)];
    return problemsFrom(error, path, problem);
  }
}

function tensorNames(
  { layers }: Config,
  parameters: readonly Parameter[],
  problem: ConfigSource['problem'],
): Problem[] {
  const known = parameters.map(({ name }) => name);
  return Object.entries(layers).flatMap(([layer, settings]): Problem[] => {
    const aggregate = settings && 'aggregate' in settings ? settings.aggregate : undefined;
    return (['attack', 'aggregate'] as const).flatMap((use): Problem[] => {
      const names = use === 'attack' ? settings?.attack?.parameters : aggregate?.parameters;
      if (!Array.isArray(names)) return [];
      return names.flatMap((name, index): Problem[] => {
        if (known.includes(name)) return [];
        const path = ['layers', layer, use, 'parameters', index];
        return [problem(path, `the model has no tensor "${name}"`, adviceOnName(name, known))];
      });
    });
  });
}
