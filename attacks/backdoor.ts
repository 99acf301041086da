import { defineDataAttack, type SampleShape, z } from 'edgemlsim/rules';
import { copyOf } from 'edgemlsim/rules/toolbox';

const positive = z.number().int().min(1);

interface Options {
  target: number;
  share: number;
  size: number;
  row?: number | undefined;
  column?: number | undefined;
  value: number;
  image?: [rows: number, columns: number, channels: number] | undefined;
}

/**
 * Back door: a Byzantine worker stamps a trigger, a square of pixels, on some of its items and
 * gives them the target label, so that the model classifies any item with the trigger as the
 * target.
 *
 * In: the n samples of a batch, unchanged. Out: of round(share * n) items, drawn at random, the
 * pixels of the square have `value` in every channel, and the label is the target; the others stay.
 * An item's inputs are an image, row after row, the channels of a pixel together; without `image` a
 * square one of one channel. Without `row` and `column` the trigger is in the lower right corner.
 * Knows its own samples only. Cost O(n features). Evaluations report its success: the share of
 * items not of the target class that the model classifies as the target once they have the trigger.
 * Source: Gu et al., "BadNets", 2017; in federated learning Bagdasaryan et al., AISTATS 2020.
 * Example: 2 x 2 pixels, size 1, target 1, share 1: inputs (1 2; 3 4) of label 0 -> (1 2; 3 1) of
 * label 1.
 */
export default defineDataAttack<Options>({
  kind: 'data',
  name: 'backdoor',
  summary: 'trains on items with a trigger of pixels and a target label',
  knowledge: 'data',
  options: z.object({
    target: z.number().int().min(0).max(255).default(0).describe('label of items with the trigger'),
    share: z.number().min(0).max(1).default(0.5).describe("of a batch's items, rounded"),
    size: positive.default(3).describe('side of the trigger, in pixels'),
    row: z.number().int().min(0).optional().describe('of its upper left pixel, from 0'),
    column: z.number().int().min(0).optional().describe('of its upper left pixel, from 0'),
    value: z.number().default(1).describe('of its pixels, as the model sees them'),
    image: z
      .tuple([positive, positive, positive])
      .optional()
      .describe('rows, columns and channels of an item; left out: square, one channel'),
  }),
  misfit: (shape, options) => {
    const { features, classes } = shape;
    const { target, size, image } = options;
    const [rows, columns, channels] = imageOf(shape, options);
    if (target >= classes) {
      const labels = `0 to ${classes - 1}`;
      const found = `target ${target}, but labels are ${labels}`;
      return { option: 'target', found, advice: `expected a label from ${labels}` };
    }
    if (rows * columns * channels !== features) {
      const found =
        image === undefined
          ? `${features} inputs are no square image`
          : `an image of ${image.join(' x ')} has ${rows * columns * channels} inputs, an item ${features}`;
      const advice = `expected image: [rows, columns, channels], whose product is ${features}`;
      return { option: 'image', found, advice };
    }
    const [row, column] = cornerOf(shape, options);
    if (row >= 0 && column >= 0 && row + size <= rows && column + size <= columns) return undefined;
    const least = Math.min(rows, columns);
    return {
      option: size > least ? 'size' : row + size > rows ? 'row' : 'column',
      found: `a trigger of ${size} x ${size} pixels from (${row}, ${column}) leaves the image of ${rows} x ${columns}`,
      advice:
        size > least
          ? `expected size at most ${least}`
          : `expected row at most ${rows - size} and column at most ${columns - size}, or a smaller size`,
    };
  },
  poison: ({ inputs, labels }, { features, classes, random }, options) => {
    const { target, share } = options;
    const order = random.shuffle(Uint32Array.from(labels, (_, index) => index));
    const chosen = order.subarray(0, Math.round(share * labels.length));
    const poisonedInputs = copyOf(inputs);
    const poisonedLabels = labels.slice();
    for (const item of chosen) {
      const row = poisonedInputs.subarray(item * features, (item + 1) * features);
      stampOne(row, { features, classes }, options);
      poisonedLabels[item] = target;
    }
    return { inputs: poisonedInputs, labels: poisonedLabels };
  },
  trigger: {
    target: ({ target }) => target,
    stamp: (inputs, shape, options) => {
      const { features } = shape;
      const rows = copyOf(inputs);
      for (let at = 0; at < rows.length; at += features) {
        stampOne(rows.subarray(at, at + features), shape, options);
      }
      return rows;
    },
  },
});

function stampOne(item: Float32Array, shape: SampleShape, options: Options): void {
  const { size, value } = options;
  const [, columns, channels] = imageOf(shape, options);
  const [row, column] = cornerOf(shape, options);
  for (let y = row; y < row + size; y += 1) {
    const from = (y * columns + column) * channels;
    item.fill(value, from, from + size * channels);
  }
}

function imageOf({ features }: SampleShape, { image }: Options): [number, number, number] {
  const side = Math.floor(Math.sqrt(features));
  return image ?? [side, side, 1];
}

function cornerOf(shape: SampleShape, options: Options): [row: number, column: number] {
  const [rows, columns] = imageOf(shape, options);
  const { size, row = rows - size, column = columns - size } = options;
  return [row, column];
}
