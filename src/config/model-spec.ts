import { pathToFileURL } from 'node:url';
import type { AnyModelSpec, Initialisation, ModelSpec } from '../learning/engine.ts';
import { usersFileHash } from '../rules/running/users-file.ts';
import type { Config } from './config-schema.ts';
import { isParameterFile } from './resolve-paths.ts';

export type BuiltInModel = Exclude<Config['model'], { kind: 'module' }>;

/** A built-in kind of model as the engines take it. */
export function modelSpec({ init, ...model }: BuiltInModel): ModelSpec {
  // Parameters from a file need none; it only has to be one.
  const initialisation = isParameterFile(init) ? 'xavier-uniform' : (init as Initialisation);
  return { ...model, initialisation };
}

/** The config's model as the engines take it. Throws InputError when its file cannot be read. */
export async function anyModelSpec({ model, seed }: Config): Promise<AnyModelSpec> {
  if (model.kind !== 'module') return modelSpec(model);
  const { path, options } = model;
  const sha256 = await usersFileHash(path, { what: 'model file', modules: {} });
  return { kind: 'module', module: pathToFileURL(path).href, sha256, options, seed };
}
