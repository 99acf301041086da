import { itemsByLabel, type Partition, proportionalPieces, toItemsByOwner } from '../partition.ts';
import { type DirichletOptions, dirichletDraw, MOST_DRAWS, tooFewItems } from './dirichlet-draw.ts';

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
      const itemsByOwner: number[][] = owners.map(() => []);
      for (const items of byLabel.values()) {
        const pieces = proportionalPieces(
          random.shuffle(items.slice()),
          dirichletDraw(alpha, owners.length, random),
        );
        for (const [owner, piece] of pieces.entries()) itemsByOwner[owner]!.push(...piece);
      }
      const isEnough = itemsByOwner.every((share) => share.length >= minimumItems);
      if (isEnough) return toItemsByOwner(owners, itemsByOwner);
    }
    throw tooFewItems(alpha, minimumItems, owners);
  };
}
