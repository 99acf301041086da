import type { Problem } from '../../errors.ts';
import { serverLayer, serverLayerNames, takesWorkers } from '../complete-layers.ts';
import type { QuickCheck } from './check.ts';

/** Capacity is shared where workers are, and by the times of the model. */
export const checkCapacity: QuickCheck = (config, problem) =>
  serverLayerNames(config).flatMap((name): Problem[] => {
    const path = ['layers', name, 'capacity', 'sharing'];
    const { sharing, maximumWorkers } = serverLayer(config, name).capacity;
    if (!takesWorkers(config, name) && (sharing !== 'none' || maximumWorkers !== undefined)) {
      const key = sharing === 'none' ? 'maximumWorkers' : 'sharing';
      const advice = ['set it for the layer that workers join, or remove it'];
      const found = `no worker joins servers of layer ${name}`;
      return [problem([...path.slice(0, -1), key], found, advice)];
    }
    if (sharing === 'none') return [];
    if (config.world === 'live' && config.live.compute === 'measured') {
      const found = 'messages take the time that they take with live.compute: measured';
      return [problem(path, found, ['set live.compute: modelled, or sharing: none'])];
    }
    return [];
  });
