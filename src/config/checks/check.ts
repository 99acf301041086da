import type { Problem } from '../../errors.ts';
import type { Config } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';

/** Looks at a complete config for what the schema cannot see, and returns what is wrong. */
export type Check = (
  config: Config,
  problem: ConfigSource['problem'],
) => Problem[] | Promise<Problem[]>;
/** A check that need not load or read anything. */
export type QuickCheck = (config: Config, problem: ConfigSource['problem']) => Problem[];
