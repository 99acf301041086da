import { linkColumns } from '../../hierarchy/transfers.ts';
import { trafficSvg } from '../../hierarchy/tree-report.ts';
import type { RunFacts } from '../../run/run-facts.ts';
import { columnTable, type Figure, type LeftOut } from '../page.ts';
import { inPage } from '../picture.ts';

const id = 'tree';
const title = 'The tree and what its links carried';

/** The tree of models, its links as wide as what they carried. */
export async function treeFigure({ record }: RunFacts): Promise<Figure | LeftOut> {
  const { tree } = record;
  if (tree === null)
    return { id, title, why: 'the run has rounds of one model, no tree of models.' };
  return {
    ...{ id, title, svg: inPage(id, title, trafficSvg(null, tree)) },
    caption:
      'Each node of the tree, the root on the left, with its final accuracy where it was measured and the time that it was busy; the width of a link shows the bytes of the vectors that it carried. In a large tree the first children of each node are drawn.',
    data: columnTable(tree.links, linkColumns),
  };
}
