import { accuracyColumns } from '../../hierarchy/accuracy.ts';
import { accuracyPanels } from '../../hierarchy/tree-plot.ts';
import type { RunFacts } from '../../run/run-facts.ts';
import { columnTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'tree-accuracy';
const title = 'Accuracy of each node of the tree';

/** Accuracy of the nodes' models beside the root's, and how far they are behind. */
export async function treeAccuracyFigure({ record }: RunFacts): Promise<Figure | LeftOut> {
  const { tree } = record;
  if (tree === null)
    return { id, title, why: 'the run has rounds of one model, no tree of models.' };
  const panels = accuracyPanels(tree, 300);
  if (panels === null) {
    return {
      id,
      title,
      why: 'only the root’s model was evaluated (evaluation.nodes: all evaluates every node).',
    };
  }
  return {
    ...{ id, title, svg: await picture(id, title, panels) },
    caption:
      'Accuracy of each node’s model, and by how much it is behind the root’s at the root’s last evaluation; of layers with many nodes the 95 % interval of their mean.',
    data: columnTable(tree.accuracy, accuracyColumns),
  };
}
