import { existsSync, readdirSync } from 'node:fs';
import { compose } from '../compose/compose.ts';
import type { TransferBounds } from '../compose/forecast.ts';
import { type Preview, previewOf } from '../compose/preview.ts';
import { estimateRun, type RunEstimate } from '../compose/run-estimate.ts';
import type { Config } from '../config/config-schema.ts';
import { InputError } from '../errors.ts';
import { previewText } from './preview-text.ts';

/** All that a run does before its first event, without a folder: what would run, and what it comes to at least. Throws InputError. */
export async function dryRun(
  file: string,
  config: Config,
  runDir: string,
  { json }: { json?: boolean },
): Promise<string> {
  if (existsSync(runDir) && readdirSync(runDir).length > 0) {
    throw new InputError({ place: { file: runDir }, found: 'holds something already' });
  }
  const composition = await compose(config, []);
  const preview = await previewOf(config, composition.settings.dimension);
  const estimate = estimateRun(config, composition);
  if (json) return JSON.stringify({ ...preview, runDir, estimate }, null, 2);
  return previewText(file, preview, factsOf(estimate, preview, runDir));
}

function factsOf(
  { parameters, vectorBytes, computed, vectors, events, memoryBytes }: RunEstimate,
  { end }: Preview,
  runDir: string,
): [name: string, text: string][] {
  const unit = 'windows' in end ? 'windows trained' : 'gradients';
  return [
    ['model', `${parameters.toLocaleString('en')} parameters, ${inWords(vectorBytes)} a vector`],
    ['computes', `${boundsText(computed)} ${unit}`],
    ['sends', `${boundsText(vectors)} vectors between nodes`],
    ['journal', `${boundsText({ least: events, most: null })} events`],
    ['memory', `at least ${inWords(memoryBytes)} for data and vectors`],
    ['folder', `${runDir} (nothing is written now)`],
  ];
}

function boundsText({ least, most }: TransferBounds): string {
  const [from, to] = [least.toLocaleString('en'), most?.toLocaleString('en')];
  if (to === undefined) return least === 0 ? 'an unknown number of' : `at least ${from}`;
  return least === most ? from : least === 0 ? `at most ${to}` : `${from} to ${to}`;
}

function inWords(bytes: number): string {
  const [size, unit] = bytes >= 1e9 ? [1e9, 'GB'] : bytes >= 1e6 ? [1e6, 'MB'] : [1e3, 'kB'];
  return `${Number((bytes / size).toPrecision(3))} ${unit}`;
}
