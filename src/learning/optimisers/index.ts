import type { Optimiser, OptimiserSpec } from '../optimiser.ts';
import { adagrad } from './adagrad.ts';
import { adam } from './adam.ts';
import { sgd } from './sgd.ts';

export function createOptimiser(spec: OptimiserSpec): Optimiser {
  switch (spec.name) {
    case 'sgd':
      return sgd(spec);
    case 'adagrad':
      return adagrad(spec);
    case 'adam':
      return adam(spec);
  }
}
