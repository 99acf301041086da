import { referenceTo } from '../config/choose-rules.ts';
import { serverLayer } from '../config/complete-layers.ts';
import type { AttackConfig, Config, ServerLayer } from '../config/config-schema.ts';
import type { TooFewPolicy } from '../journal/reasons.ts';
import type { Parameter } from '../learning/engine.ts';
import type { VectorRange } from '../rules/running/forging.ts';
import { neededVectors } from '../rules/running/intake.ts';
import { type IntakeReference, loadIntake } from '../worlds/computing/intake-reference.ts';

/** The treatment, by the servers of one layer, of the vectors that reach them. */
interface LayerIntake {
  reference: IntakeReference;
  /** Vectors that the rule and its chain need to stand the declared f. */
  needed: number;
}

/** The intake of a layer of servers; `attack` is what vector attack the layer below makes. */
export async function layerIntake(
  config: Config,
  layer: string,
  attack: AttackConfig | undefined,
  parameters: readonly Parameter[],
): Promise<LayerIntake> {
  const { aggregate } = serverLayer(config, layer);
  const { timeLimitS } = config.rules;
  const reference: IntakeReference = {
    f: aggregate.f,
    preAggregators: await Promise.all(
      aggregate.before.map((step) => referenceTo('pre-aggregator', step, timeLimitS)),
    ),
    aggregator: await referenceTo('aggregator', aggregate, timeLimitS),
    stalenessWeight: await referenceTo('staleness weight', aggregate.stalenessWeight, timeLimitS),
    tooFew: policyOf(aggregate.tooFew),
    fallback:
      typeof aggregate.tooFew === 'object'
        ? await referenceTo('aggregator', aggregate.tooFew.fallback, timeLimitS)
        : null,
    diagnostics: config.diagnostics,
    ranges: touchedRanges(aggregate.parameters, parameters),
    attack: attack
      ? {
          rule: await referenceTo('attack', attack, timeLimitS),
          ranges: touchedRanges(attack.parameters, parameters),
        }
      : null,
  };
  const step = await loadIntake(reference);
  return { reference, needed: neededVectors(step) };
}

/** The policy without the rule that it may name. */
export function policyOf(tooFew: ServerLayer['aggregate']['tooFew']): TooFewPolicy {
  return typeof tooFew === 'object' ? 'fallback' : tooFew;
}

function touchedRanges(
  touched: AttackConfig['parameters'],
  parameters: readonly Parameter[],
): VectorRange[] | null {
  if (touched === 'all') return null;
  return parameters
    .filter(({ kind, name }) =>
      Array.isArray(touched) ? touched.includes(name) : kind === touched,
    )
    .map(({ offset, length }) => ({ offset, length }));
}
