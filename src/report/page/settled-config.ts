import { configDifferences } from '../../config-differences.ts';

/** A value of a config, or `varied` where the runs of a study differ in it. */
type Settled<Value> = Value | typeof VARIED;

export const VARIED = 'varied';

interface SettledLayer {
  collect?: Settled<string | { count?: Settled<number>; share?: Settled<number> }>;
  deadlineS?: Settled<number | null>;
  aggregate?: {
    rule?: Settled<string>;
    f?: Settled<number>;
    before?: Settled<readonly { rule?: string }[]>;
  };
  gradientS?: Settled<number>;
  attack?: Settled<{
    rule?: Settled<string>;
    byzantine?: Settled<{
      count?: Settled<number>;
      fraction?: Settled<number>;
      scope?: Settled<string>;
    }>;
  } | null>;
}

/** The parts of config.resolved.yaml that a report puts in words. Any may be missing. */
export interface SettledConfig {
  name?: string;
  world?: Settled<string>;
  mobility?: {
    model?: Settled<string>;
    trace?: Settled<string | readonly string[]>;
    network?: Settled<string>;
    association?: Settled<string | { policy?: string }>;
    workers?: { mode?: Settled<string>; count?: Settled<number> };
    radio?: { model?: Settled<string> };
  };
  servers?: Settled<
    readonly { id: string; parent?: string | null; layer?: string; rangeM?: Settled<number> }[]
  >;
  rounds?: { mode?: Settled<string>; pace?: Settled<string> };
  layers?: Record<string, SettledLayer>;
  data?: {
    dataset?: Settled<{ name?: Settled<string> }>;
    partition?: Settled<string | object>;
    owners?: Settled<string>;
    batchSize?: Settled<number>;
  };
  model?: {
    kind?: Settled<string>;
    layers?: Settled<readonly number[]>;
    activation?: Settled<string>;
    loss?: Settled<string>;
  };
  training?: {
    learningRate?: Settled<number | object>;
    optimiser?: Settled<{ name?: Settled<string> }>;
    epochs?: Settled<number>;
    maximumTimeS?: Settled<number>;
  };
  evaluation?: {
    everyGradients?: Settled<number>;
    everyS?: Settled<number>;
    split?: Settled<string>;
  };
}

/** One config for several: what they differ in is `varied`, down to the single values. */
export function settledConfig(configs: readonly SettledConfig[]): SettledConfig {
  const settled = structuredClone(configs[0]!) as Record<string, unknown>;
  for (const { keys } of configDifferences(configs)) {
    const [last, ...above] = keys.toReversed();
    const map = above.reduceRight((at, key) => at[key] as typeof settled, settled);
    map[last!] = VARIED;
  }
  return settled;
}

/** A value of a config in a table; empty where the config lacks it. */
export function configValueText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
