import { InputError } from '../../errors.ts';
import { itemsByLabel, type Partition, proportionalPieces, toShares } from '../partition.ts';
import { dirichletDraw } from './dirichlet-draw.ts';

/** Draws until every owner has enough. */
const MOST_DRAWS = 1000;

export interface DirichletOptions {
  alpha: number;
  /** Every owner has at least this number of items: all is drawn again until it has. */
  minimumItems: number;
}

/**
 * Dirichlet over labels (Yurochkin et al. 2019; NIID-Bench, Li et al. 2022, section 4.1.1): for each
 * label, proportions over the owners are drawn from a symmetric Dirichlet distribution, and the label's
 * shuffled items are cut in these proportions.
 *
 * The smaller alpha, the fewer owners share a label: at 0.1 most items of a label have one or two
 * owners, at 100 shares are nearly alike. (Hsu et al. 2019 draw a mix of labels for each owner
 * instead.) Throws InputError when 1000 draws leave an owner with less than `minimumItems`, and for
 * targets that are numbers.
 */
export function dirichlet({ alpha, minimumItems }: DirichletOptions): Partition {
  return ({ targets }, owners, random) => {
    const byLabel = itemsByLabel(targets, 'dirichlet');
    for (let draw = 0; draw < MOST_DRAWS; draw += 1) {
      const shares: number[][] = owners.map(() => []);
      for (const items of byLabel.values()) {
        const pieces = proportionalPieces(
          random.shuffle(items.slice()),
          dirichletDraw(alpha, owners.length, random),
        );
        for (const [owner, piece] of pieces.entries()) shares[owner]!.push(...piece);
      }
      if (shares.every((share) => share.length >= minimumItems)) return toShares(owners, shares);
    }
    throw tooFew(alpha, minimumItems, owners);
  };
}

/**
 * Dirichlet in quantity (NIID-Bench, Li et al. 2022, section 4.1.3): the owners' shares of all items
 * are one draw from a symmetric Dirichlet distribution; which items is chance, so labels are mixed alike.
 *
 * Throws InputError when 1000 draws leave an owner with less than `minimumItems`.
 */
export function dirichletQuantity({ alpha, minimumItems }: DirichletOptions): Partition {
  return ({ items }, owners, random) => {
    const order = random.shuffle(Uint32Array.from({ length: items }, (_, item) => item));
    for (let draw = 0; draw < MOST_DRAWS; draw += 1) {
      const pieces = proportionalPieces(order, dirichletDraw(alpha, owners.length, random));
      if (pieces.every(({ length }) => length >= minimumItems)) return toShares(owners, pieces);
    }
    throw tooFew(alpha, minimumItems, owners);
  };
}

function tooFew(alpha: number, minimumItems: number, owners: readonly string[]): InputError {
  return new InputError({
    found: `in ${MOST_DRAWS} draws with alpha ${alpha}, one of ${owners.length} owners always had less than ${minimumItems} train items`,
    advice: ['expected a larger alpha, fewer owners, or a smaller minimumItems'],
  });
}
