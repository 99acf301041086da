import type { WantedEngine } from '../learning/choose-engine.ts';
import type { Config } from './config-schema.ts';

/** The engine that the config asks for, or that its kind of model needs. */
export function wantedEngine({ engine, model }: Pick<Config, 'engine' | 'model'>): WantedEngine {
  return engine ?? (model.kind === 'module' ? 'tfjs' : 'reference');
}
