import { expect, it } from 'vitest';
import { openSensors } from '#src/compose/sensors.js';
import { publishedTree, publishedTrees } from '../worlds/published-trees.ts';

/** By sensor and place among its items: when each comes, and which it is. */
async function itemsOf(name: string, seed: number): Promise<string[]> {
  const { items } = await openSensors(await publishedTree(name, { overrides: [`seed=${seed}`] }));
  return items.map((each) => JSON.stringify(each)).sort();
}

it.each(publishedTrees)(
  'a cloud baseline of the seed of %s gets the items of its sensors',
  async (name) => {
    const items = await itemsOf('cloud-baseline', 3);
    // Ten sensors, 4 items a second, five windows of 2 s.
    expect(items).toHaveLength(10 * 4 * 10);
    expect(await itemsOf(name, 3)).toEqual(items);
    expect(await itemsOf(name, 4)).not.toEqual(items);
  },
);
