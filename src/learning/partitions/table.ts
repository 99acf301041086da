import { InputError } from '../../errors.ts';
import { itemsByLabel, type Partition, proportionalPieces, toItemsByOwner } from '../partition.ts';

/** By owner, by label: the owner's weight among those that share the label's items. */
export type LabelTable = Record<string, Record<string, number>>;

/**
 * A table: each label's shuffled items are cut among the owners in proportion to their weights for it.
 *
 * Example: `{ left: { 0: 1, 1: 1 }, right: { 1: 3 } }` gives `left` all items of label 0 and a quarter
 * of those of label 1. Throws InputError unless the table has exactly the owners, each with some items,
 * and each label that occurs has a weight above 0; and for targets that are numbers.
 */
export function table({ weights }: { weights: LabelTable }): Partition {
  return ({ targets }, owners, random) => {
    const byLabel = itemsByLabel(targets, 'table');
    checkOwners(weights, owners);
    const itemsByOwner: number[][] = owners.map(() => []);
    for (const [label, items] of byLabel) {
      const column = owners.map((owner) => weights[owner]![label] ?? 0);
      if (column.every((weight) => weight === 0)) {
        throw refused(`no owner has a weight above 0 for label ${label}`, [
          `expected ${label}: 1 for at least one owner`,
        ]);
      }
      for (const [owner, piece] of proportionalPieces(random.shuffle(items), column).entries()) {
        itemsByOwner[owner]!.push(...piece);
      }
    }
    const empty = owners.find((_, index) => itemsByOwner[index]!.length === 0);
    if (empty !== undefined) throw refused(`owner ${empty} would have no train items`, []);
    return toItemsByOwner(owners, itemsByOwner);
  };
}

function checkOwners(weights: LabelTable, owners: readonly string[]): void {
  const missing = owners.filter((owner) => !Object.hasOwn(weights, owner));
  const unknown = Object.keys(weights).filter((owner) => !owners.includes(owner));
  if (missing.length > 0) {
    throw refused(`no weights for ${listOf(missing)}`, ['expected a line for every owner']);
  }
  if (unknown.length > 0) {
    throw refused(`weights for ${listOf(unknown)}, which own no data`, [
      `expected ${listOf(owners)}`,
    ]);
  }
}

function listOf(names: readonly string[]): string {
  const few = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${few} and ${names.length - 5} others` : few;
}

function refused(found: string, advice: string[]): InputError {
  return new InputError({ path: ['data', 'partition', 'weights'], found, advice });
}
