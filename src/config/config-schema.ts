import { z } from 'zod';
import { backhaulsSchema } from './schema/backhauls.ts';
import { dataSchema } from './schema/data.ts';
import { faultsSchema } from './schema/faults.ts';
import { serverLayerSchema, workerLayerSchema } from './schema/layers.ts';
import { liveSchema } from './schema/live.ts';
import { mobilitySchema } from './schema/mobility.ts';
import { modelSchema } from './schema/model.ts';
import { poolSchema } from './schema/pool.ts';
import { roundsSchema } from './schema/rounds.ts';
import { ownRulesSchema } from './schema/rules.ts';
import { atLeastOne, type durationSchema, otherwise, whole } from './schema/scalars.ts';
import { serverSchema } from './schema/servers.ts';
import { sitesSchema } from './schema/sites.ts';
import { evaluationSchema, trainingSchema } from './schema/training.ts';
import { sensorsSchema, windowsSchema } from './schema/windows.ts';

// The one description of an experiment's configuration: types, defaults, error messages, the JSON
// Schema for editors and the options page all come from here. Units stand last in a key's name.
// Each section has its file in schema/.

/** On a level of a tree: beyond this a run is a matter of days, if the machine holds it at all. */
const MOST_NODES = 200_000;

export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'letters, digits, dot, hyphen, underscore')
    .describe('stands in the name of the run folder'),
  seed: whole.default(1).describe('of every random draw; overridden by --seed'),
  world: z
    .enum(['virtual', 'live'])
    .default('virtual')
    .describe(
      'virtual: simulated, with the same journal every time; live: real processes that exchange real messages',
    ),
  live: liveSchema,
  pool: poolSchema,
  mobility: mobilitySchema,
  tree: otherwise(
    'as servers say',
    z
      .array(atLeastOne.max(MOST_NODES))
      .min(2)
      .optional()
      .describe(
        'static servers and workers by level, from 1 root to the workers: each level is dealt to the one above in equal blocks; the layer above the workers is edge, those above it level-1, level-2, …',
      ),
  ),
  servers: z.array(serverSchema).default([]).describe('all but the root'),
  sites: sitesSchema.optional(),
  backhauls: backhaulsSchema,
  rounds: roundsSchema,
  layers: z
    .object({
      edge: serverLayerSchema
        .optional()
        .describe('servers with a site: collect 10 gradients, for at most 30 s'),
      cloud: serverLayerSchema.prefault({}).describe('the root: collect all, without a deadline'),
      worker: workerLayerSchema.prefault({}).describe('nodes that move and compute gradients'),
    })
    .catchall(serverLayerSchema)
    .prefault({}),
  windows: windowsSchema.optional(),
  sensors: sensorsSchema.optional(),
  faults: faultsSchema,
  data: dataSchema,
  model: modelSchema,
  engine: otherwise(
    'reference; tfjs for model.kind module',
    z
      .enum(['reference', 'tfjs', 'tfjs-node', 'tfjs-wasm', 'tfjs-cpu'])
      .optional()
      .describe(
        'engine that computes gradients: reference, with the same bits everywhere, or TensorFlow.js: the fastest that is there, or one by name',
      ),
  ),
  kernels: z
    .enum(['auto', 'native', 'wasm'])
    .default('auto')
    .describe(
      'kernels of the engine reference and of the rules: native, C compiled for this processor, or wasm, WebAssembly, with the same bits; auto takes native where it is built (docs/performance.md)',
    ),
  training: trainingSchema,
  evaluation: evaluationSchema,
  rules: ownRulesSchema,
  diagnostics: z
    .enum(['cheap', 'full'])
    .default('cheap')
    .describe(
      'full: each aggregation is also compared with the mean of its honest vectors, and the journal has the beginning and the end of every transfer of a vector (docs/diagnostics.md)',
    ),
  checkpoints: z
    .strictObject({
      everyRounds: atLeastOne
        .nullable()
        .default(null)
        .describe(
          'rounds between checkpoints; null: 5 s of wall time, or more where a checkpoint takes long',
        ),
      keep: atLeastOne.default(2).describe('older ones are removed'),
    })
    .prefault({}),
});

/** A config as the user writes it. `docs/options.md` lists its keys, with units and defaults. */
export interface ConfigInput extends z.input<typeof configSchema> {}
/** A config with every default filled in. `docs/options.md` lists its keys, with their units. */
export interface Config extends z.output<typeof configSchema> {}
export type ServerLayer = z.output<typeof serverLayerSchema>;
/** An attack as a layer's config names it. */
export type AttackConfig = NonNullable<ServerLayer['attack']>;
export type WorkerLayer = z.output<typeof workerLayerSchema>;
export type Duration = z.output<typeof durationSchema>;
