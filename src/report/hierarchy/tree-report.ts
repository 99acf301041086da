import { grouped } from '../format/grouped.ts';
import { accuracyCsv, labelsCsv } from './accuracy.ts';
import { latencyCsv } from './latency.ts';
import { nodesCsv } from './node-facts.ts';
import { linksCsv } from './transfers.ts';
import { treeSvg } from './tree-picture.ts';
import { accuracyPlot, costPlot } from './tree-plot.ts';
import type { TreeRecord } from './tree-tally.ts';

const CSV_NAMES = ['nodes.csv', 'links.csv', 'latency.csv', 'accuracy.csv', 'labels.csv'];
const SVG_NAMES = ['accuracy.svg', 'cost.svg', 'tree.svg'];

type Files = Record<string, string | null>;

/** The tables of a tree of models, by name; each null for a run of rounds, which has none of them. */
export function treeCsvFiles(tree: TreeRecord | null): Files {
  if (tree === null) return none(CSV_NAMES);
  const { nodes, links, latency, accuracy } = tree;
  return {
    'nodes.csv': nodesCsv(nodes),
    'links.csv': linksCsv(links),
    'latency.csv': latencyCsv(latency.rows),
    'accuracy.csv': accuracyCsv(accuracy),
    'labels.csv': labelsCsv(accuracy),
  };
}

/** Its figures, likewise. */
export async function treeSvgFiles(name: string, tree: TreeRecord | null): Promise<Files> {
  if (tree === null) return none(SVG_NAMES);
  return {
    'accuracy.svg': await accuracyPlot(name, tree),
    'cost.svg': await costPlot(name, tree),
    'tree.svg': trafficSvg(name, tree),
  };
}

function none(names: readonly string[]): Files {
  return Object.fromEntries(names.map((file) => [file, null]));
}

/** The tree, with its links as wide as what they carried. `name`: null for a page that has the title. */
export function trafficSvg(name: string | null, { nodes, links }: TreeRecord): string {
  const byLower = grouped(links, ({ lower }) => lower);
  const pictured = nodes.map((node) => {
    const own = byLower.get(node.id) ?? [];
    const up = own.reduce((sum, { upBytes }) => sum + upBytes, 0);
    const down = own.reduce((sum, { downBytes }) => sum + downBytes, 0);
    const { id, parent, level, layer, accuracy, busyS } = node;
    const learnt = accuracy === null ? [] : [`${(100 * accuracy.final).toFixed(1)} %`];
    return {
      ...{ id, parent, level, layer, weight: up + down },
      note: [...learnt, `busy ${busyS.toFixed(1)} s`].join(', '),
      linkNote: level === 0 ? '' : `${megabytes(up)} up, ${megabytes(down)} down`,
    };
  });
  return treeSvg(name, 'width of a link: bytes of the vectors that it carried', pictured);
}

function megabytes(bytes: number): string {
  return `${Number((bytes / 1e6).toPrecision(3))} MB`;
}
