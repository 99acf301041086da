import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { z } from 'zod';
import { type Composition, compose, type OnStep } from '../compose/compose.ts';
import { checkSameInputs, provenanceOf } from '../compose/provenance.ts';
import { runOrigin } from '../compose/run-origin.ts';
import { type Config, configSchema } from '../config/config-schema.ts';
import { parseYaml } from '../config/yaml-document.ts';
import { journalStart } from '../journal/writer.ts';
import { packageVersion } from '../package-version.ts';
import type { Provenance } from '../provenance.ts';
import { goBack, type Resumption } from './checkpoints.ts';
import { refuseFinished } from './finished-run.ts';
import { RunFolder } from './run-folder.ts';

/** Parts of a run, and where it begins. `State`: contents of a checkpoint of its world. */
export interface PreparedRun<State extends object> {
  /** In `provenance.json`, and in each checkpoint of this run. */
  id: string;
  config: Config;
  composition: Composition;
  provenance: Provenance;
  /** Null for a run in memory. */
  folder: RunFolder | null;
  from: Resumption<State>;
}

type Open<State extends object, Opened> = (prepared: PreparedRun<State>) => Promise<Opened>;

/**
 * Makes the run folder, unless `runDir` is null, and opens a run in it. Where that fails, the folder
 * is removed, or its run marked as failed. Throws InputError when something is in the folder already.
 */
export async function openNew<State extends object, Opened>(
  config: Config,
  runDir: string | null,
  onStep: OnStep | undefined,
  open: Open<State, Opened>,
): Promise<Opened> {
  const composition = await composeFor(config, onStep);
  const resolvedConfig = stringify(config);
  const provenance = provenanceOf(config, resolvedConfig, composition);
  const from = { checkpoint: null, start: journalStart(), notices: [] };
  const made = { config, composition, provenance, from };
  if (runDir === null) return open({ ...made, id: '', folder: null });
  const folder = RunFolder.create(runDir);
  try {
    const origin = runOrigin();
    folder.writeProvenance({ ...origin, ...provenance });
    // Written last: with it the folder holds a run that can be resumed.
    folder.write('config.resolved.yaml', resolvedConfig);
    return await open({ ...made, id: origin.id, folder });
  } catch (error) {
    folder.abandon(error as Error);
    throw error;
  }
}

/**
 * Opens the run of a folder at its newest checkpoint, or at the beginning when it has none. Throws
 * InputError for a run that is over, is damaged, or whose inputs have changed.
 */
export async function openAgain<State extends object, Opened>(
  runDir: string,
  shape: z.ZodType,
  onStep: OnStep | undefined,
  open: Open<State, Opened>,
): Promise<Opened> {
  const folder = RunFolder.open(runDir);
  try {
    refuseFinished(runDir);
    const made = await composeAgain(folder, onStep);
    const from = await goBack<State>(folder, made.id, shape);
    return await open({ ...made, folder, from });
  } catch (error) {
    folder.release();
    throw error;
  }
}

/** The composition of the run in a folder. Throws InputError when its inputs have changed. */
async function composeAgain(
  folder: RunFolder,
  onStep?: OnStep,
): Promise<Omit<PreparedRun<object>, 'folder' | 'from'>> {
  const resolvedConfig = readFileSync(folder.configFile, 'utf8');
  const then = folder.readProvenance();
  // The program's version and the config first: a changed config may not compose at all.
  const read = createHash('sha256').update(resolvedConfig).digest('hex');
  const now = { ...then, version: packageVersion(), inputs: { ...then.inputs, config: read } };
  checkSameInputs(folder.dir, then, now);
  const config = configSchema.parse(parseYaml(resolvedConfig, folder.configFile).value);
  const composition = await composeFor(config, onStep);
  const provenance = provenanceOf(config, resolvedConfig, composition);
  checkSameInputs(folder.dir, then, provenance);
  return { id: then.id, config, composition, provenance };
}

/** The coordinator of a live run does not compute: it needs no items of the dataset. */
function composeFor(config: Config, onStep: OnStep | undefined): Promise<Composition> {
  return compose(config, config.world === 'live' ? [] : undefined, onStep);
}
