import { type Partition, proportionalPieces, toItemsByOwner } from '../partition.ts';
import { type DirichletOptions, dirichletDraw, MOST_DRAWS, tooFewItems } from './dirichlet-draw.ts';

/**
 * Dirichlet in quantity (NIID-Bench, Li et al. 2022, section 4.1.3): the owners' shares of all items
 * are one draw from a symmetric Dirichlet distribution; which items is random, so labels are mixed alike.
 *
 * Throws InputError when 1000 draws leave an owner with less than `minimumItems`.
 */
export function dirichletQuantity({ alpha, minimumItems }: DirichletOptions): Partition {
  return ({ items }, owners, random) => {
    const order = random.shuffle(Uint32Array.from({ length: items }, (_, item) => item));
    for (let draw = 0; draw < MOST_DRAWS; draw += 1) {
      const pieces = proportionalPieces(order, dirichletDraw(alpha, owners.length, random));
      if (pieces.every(({ length }) => length >= minimumItems))
        return toItemsByOwner(owners, pieces);
    }
    throw tooFewItems(alpha, minimumItems, owners);
  };
}
