import { defineDataAttack, z } from 'edgemlsim/rules';

const MAP_KEY = /^(0|[1-9]\d{0,2})$/;

type Options = { map?: Record<string, number> | undefined };

/**
 * Label flip: a Byzantine worker computes its gradient on its own inputs with wrong labels.
 *
 * In: the n samples of a batch, unchanged. Out: the same inputs; label l becomes classes - 1 - l, or
 * map[l] where a map is given; labels that the map does not name stay.
 * Knows its own samples only. Cost O(n). With an odd number of classes the middle one is its own
 * opposite: it stays.
 * Source: Tolpegin et al., "Data poisoning attacks against federated learning systems", ESORICS 2020
 * (single pairs of labels: a map); Karimireddy et al., ICML 2021, section 6 (l -> 9 - l on MNIST).
 * Example: 3 classes, labels (0, 1, 2) -> (2, 1, 0); with the map {0: 1} -> (1, 1, 2).
 */
export default defineDataAttack<Options>({
  kind: 'data',
  name: 'label-flip',
  summary: 'trains on wrong labels: l becomes classes - 1 - l, or what a map says',
  knowledge: 'data',
  options: z.object({
    map: z
      .record(z.string().regex(MAP_KEY, 'a label'), z.number().int().min(0).max(255))
      .optional()
      .describe('new labels by old ones, for instance { 1: 7, 7: 1 }; others stay'),
  }),
  misfit: ({ classes }, { map = {} }) => {
    const wrong = [...Object.keys(map).map(Number), ...Object.values(map)].find(
      (label) => label >= classes,
    );
    if (wrong === undefined) return undefined;
    const labels = `0 to ${classes - 1}`;
    return {
      option: 'map',
      found: `map names the label ${wrong}, but labels are ${labels}`,
      advice: `expected labels from ${labels} on both sides`,
    };
  },
  poison: ({ inputs, labels }, { classes }, { map }) => ({
    inputs,
    labels: labels.map((label) =>
      map === undefined ? classes - 1 - label : (map[label] ?? label),
    ),
  }),
});
