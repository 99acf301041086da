import type { TopLevelSpec } from 'vega-lite';
import { ACCURACY_AXIS, ACCURACY_SCALE, drawSvg, PALETTE } from '../format/plot.ts';
import type { TreeRecord } from './tree-tally.ts';

/** Nodes of a layer that have a line each; of more there is the range of the layer. */
const MOST_LINES = 12;

/** accuracy.svg: accuracy of every node over time beside the cloud's, and how far it is behind. */
export function accuracyPlot(name: string, tree: TreeRecord): Promise<string> | null {
  const panels = accuracyPanels(tree, 380);
  if (panels === null) return null;
  const title = { text: name, subtitle: 'each node of the tree, on the evaluation split' };
  return drawSvg({ title, ...panels } as TopLevelSpec);
}

/** The panels of it, without a title; null where one layer at most is measured. */
export function accuracyPanels({ nodes, accuracy }: TreeRecord, widthPx: number): object | null {
  const layerOf = new Map(nodes.map(({ id, layer }) => [id, layer]));
  const values = accuracy.map(({ node, simTimeS, accuracy: value, lag }) => {
    return { node, layer: layerOf.get(node) ?? 'worker', simTimeS, accuracy: value, lag };
  });
  const measured = new Set(values.map(({ node }) => node));
  const layers = [...new Set(nodes.filter(({ id }) => measured.has(id)).map((node) => node.layer))];
  if (layers.length < 2) return null;
  const panels = [
    { field: 'accuracy', title: 'Accuracy', axis: ACCURACY_AXIS, scale: ACCURACY_SCALE },
    { field: 'lag', title: 'Accuracy lag behind the cloud', axis: { format: '.0%' }, scale: {} },
  ];
  const isWide = (layer: string) =>
    nodes.filter((node) => node.layer === layer && measured.has(node.id)).length > MOST_LINES;
  return {
    data: { values },
    hconcat: panels.map(({ field, title, axis, scale }) => ({
      width: widthPx,
      height: 280,
      encoding: {
        x: { field: 'simTimeS', type: 'quantitative', title: 'Simulated time (s)' },
        color: {
          ...{ field: 'layer', type: 'nominal', title: 'layer', sort: layers },
          scale: { domain: layers, range: PALETTE.slice(0, layers.length) },
        },
      },
      layer: layers.toReversed().map((layer) => ({
        transform: [
          { filter: { field: 'layer', equal: layer } },
          { filter: `datum.${field} !== null` },
        ],
        mark: isWide(layer)
          ? { type: 'errorband', extent: 'ci', opacity: 0.3 }
          : { type: 'line', strokeWidth: layer === layers[0] ? 3 : 1.5 },
        encoding: {
          y: { field, type: 'quantitative', title, axis, scale },
          ...(isWide(layer) ? {} : { detail: { field: 'node' } }),
        },
      })),
    })),
  };
}

/** cost.svg: bytes of every link and busy time of every node, by layer. */
export function costPlot(name: string, { nodes, links }: TreeRecord): Promise<string> {
  const layers = [...new Set(nodes.map(({ layer }) => layer))];
  const layerOf = new Map(nodes.map(({ id, layer }) => [id, layer]));
  const bytes = links.flatMap(({ lower, upper, upBytes, downBytes }) => {
    const link = { link: `${lower} to ${upper}`, layer: layerOf.get(lower) ?? 'worker' };
    return [
      { ...link, direction: 'up', megabytes: upBytes / 1e6 },
      { ...link, direction: 'down', megabytes: downBytes / 1e6 },
    ];
  });
  const busy = nodes.map(({ id, layer, busyS }) => ({ node: id, layer, busyS }));
  const color = {
    ...{ field: 'layer', type: 'nominal', title: 'layer' },
    scale: { domain: layers, range: PALETTE.slice(0, layers.length) },
  };
  // More bars than that cannot be told apart: then there is one a layer, of the mean.
  const isWide = nodes.length > 40;
  const width = { width: { step: isWide ? 40 : 16 }, height: 220 };
  const of = (field: string, id: string) => ({
    x: { field: isWide ? 'layer' : id, type: 'nominal', title: null, sort: null },
    y: {
      ...{ field, type: 'quantitative', ...(isWide && { aggregate: 'mean' }) },
      title: field === 'busyS' ? 'Busy time (s)' : 'Vectors sent (MB)',
    },
    color,
  });
  const directions = ['up', 'down'].map((direction) => ({
    title: isWide ? `${direction}: mean of the links of a layer` : direction,
    data: { values: bytes.filter((each) => each.direction === direction) },
    ...width,
    mark: 'bar',
    encoding: of('megabytes', 'link'),
  }));
  return drawSvg({
    title: { text: name, subtitle: 'what the tree costs: bytes on its links, time of its nodes' },
    hconcat: [
      ...directions,
      {
        title: 'nodes',
        data: { values: busy },
        ...width,
        mark: 'bar',
        encoding: of('busyS', 'node'),
      },
    ],
  } as TopLevelSpec);
}
