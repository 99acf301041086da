import { resolve } from 'node:path';
import { isRuleFile } from '../rules/running/load.ts';
import type { AttackConfig, Config, ServerLayer, WorkerLayer } from './config-schema.ts';
import { withPaths } from './trace-source.ts';
import { mapTriggers } from './trigger-choices.ts';

type DatasetConfig = Config['data']['dataset'];

/** Makes every path of the config absolute; relative ones start at `folder`. */
export function resolvePaths(config: Config, folder: string): Config {
  const absolute = (path: string): string => resolve(folder, path);
  const ruled = <Ruled extends { rule: string }>(settings: Ruled): Ruled =>
    isRuleFile(settings.rule) ? { ...settings, rule: absolute(settings.rule) } : settings;
  const attacked = (attack: AttackConfig | undefined): { attack?: AttackConfig } =>
    attack === undefined ? {} : { attack: ruled(attack) };

  const exchanged = ({ push, pull }: ServerLayer | WorkerLayer) => ({
    push: mapTriggers(push, triggered),
    pull: mapTriggers(pull, triggered),
  });
  const triggered: Parameters<typeof mapTriggers>[1] = (trigger) =>
    typeof trigger === 'object' && 'rule' in trigger ? ruled(trigger) : trigger;

  const { worker, ...servers } = config.layers;
  const layers: Record<string, ServerLayer> = {};
  for (const [name, layer] of Object.entries(servers) as [string, ServerLayer][]) {
    const before = layer.aggregate.before.map(ruled);
    const stalenessWeight = ruled(layer.aggregate.stalenessWeight);
    const { tooFew: policy } = layer.aggregate;
    const tooFew = typeof policy === 'object' ? { fallback: ruled(policy.fallback) } : policy;
    const aggregate = { ...ruled(layer.aggregate), before, stalenessWeight, tooFew };
    const { participants: named } = layer;
    const participants = typeof named === 'object' && 'rule' in named ? ruled(named) : named;
    layers[name] = {
      ...layer,
      aggregate,
      participants,
      ...exchanged(layer),
      ...attacked(layer.attack),
    };
  }
  const { model, trace, network, buildings, radio, association } = config.mobility;
  return {
    ...config,
    ...resolveSensors(config, absolute),
    mobility: {
      ...config.mobility,
      association: pathOfPolicy(association, absolute),
      model: isRuleFile(model) ? absolute(model) : model,
      radio: isRuleFile(radio.model) ? { ...radio, model: absolute(radio.model) } : radio,
      ...(trace === undefined ? {} : { trace: withPaths(trace, absolute) }),
      ...(network === undefined ? {} : { network: absolute(network) }),
      ...(buildings === undefined ? {} : { buildings: absolute(buildings) }),
    },
    layers: {
      ...layers,
      worker: { ...worker, ...exchanged(worker), ...attacked(worker.attack) },
    } as Config['layers'],
    data: {
      ...config.data,
      dataset: resolveDataset(config.data.dataset, absolute),
    },
    model: {
      ...config.model,
      ...(config.model.kind === 'module' ? { path: absolute(config.model.path) } : {}),
      init: isParameterFile(config.model.init) ? absolute(config.model.init) : config.model.init,
    },
  };
}

function pathOfPolicy(
  association: Config['mobility']['association'],
  absolute: (path: string) => string,
): Config['mobility']['association'] {
  if (typeof association === 'string') {
    return isRuleFile(association) ? absolute(association) : association;
  }
  return isRuleFile(association.policy)
    ? { ...association, policy: absolute(association.policy) }
    : association;
}

function resolveDataset(dataset: DatasetConfig, absolute: (path: string) => string): DatasetConfig {
  switch (dataset.name) {
    case 'fashion-mnist':
    case 'idx':
      return { ...dataset, folder: absolute(dataset.folder) };
    case 'csv': {
      const { train, test, validation } = dataset;
      return {
        ...dataset,
        train: absolute(train),
        test: typeof test === 'string' ? absolute(test) : test,
        ...(validation === undefined ? {} : { validation: absolute(validation) }),
      };
    }
    case 'module':
      return { ...dataset, path: absolute(dataset.path) };
    default:
      return dataset;
  }
}

function resolveSensors(
  { sensors }: Config,
  absolute: (path: string) => string,
): Pick<Config, 'sensors'> {
  if (sensors === undefined || Array.isArray(sensors)) return {};
  const { source } = sensors;
  if (source === 'built-in' || !('file' in source)) return {};
  return { sensors: { ...sensors, source: { file: absolute(source.file) } } };
}

/** True when `model.init` names a file to start from. */
export function isParameterFile(init: string): boolean {
  return /[\\/]|\.safetensors$/.test(init);
}
