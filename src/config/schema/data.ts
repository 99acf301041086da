import { z } from 'zod';
import { FASHION_MNIST_FOLDER } from '../../learning/datasets/fashion-mnist.ts';
import { mapRegionsSchema, samplingSchema } from './map-regions.ts';
import { atLeastOne, distinct, otherwise, positive, ruleOptions, share, whole } from './scalars.ts';

const datasetSchema = z.union([
  z.strictObject({
    name: z.literal('mnist'),
    binarise: z.boolean().default(false).describe('each pixel is 0 or 1 (mnist)'),
  }),
  z.strictObject({
    name: z.literal('fashion-mnist'),
    folder: z
      .string()
      .default(FASHION_MNIST_FOLDER)
      .describe(
        "folder with the published files, for instance of Debian's package (fashion-mnist)",
      ),
  }),
  z.strictObject({
    name: z.literal('idx'),
    folder: z.string().describe('folder with the four IDX files, plain or .gz (idx)'),
    classes: z.number().int().min(2).max(256).default(10).describe('labels are 0 to classes - 1'),
  }),
  z.strictObject({
    name: z.literal('synthetic'),
    features: atLeastOne.default(64).describe('numbers of one item (synthetic)'),
    classes: z.number().int().min(2).max(256).default(10).describe('labels are 0 to classes - 1'),
    trainItems: atLeastOne.default(2000).describe('items to learn from (synthetic)'),
    testItems: atLeastOne.default(500).describe('items to test with (synthetic)'),
    seed: whole.default(1).describe("of the items, apart from the run's seed"),
  }),
  z.strictObject({
    name: z.literal('csv'),
    train: z.string().describe('CSV file with named columns, plain or .gz (csv)'),
    test: z
      .union([
        z.string().describe('a file like train'),
        z.number().gt(0).lt(1).describe('this share of the train items, drawn at random'),
      ])
      .describe('another file of this form, or this share of the train items instead (csv)'),
    validation: z.string().optional().describe('another such file (csv)'),
    inputs: otherwise(
      'all but the targets',
      distinct(z.array(z.string()).min(1)).optional().describe('columns (csv)'),
    ),
    target: z
      .union([z.string(), distinct(z.array(z.string()).min(1))])
      .describe('the column to learn, or several columns of numbers (csv)'),
    classes: z
      .union([z.number().int().min(2).max(256), distinct(z.array(z.string()).min(2).max(256))])
      .optional()
      .describe('labels are 0 to classes - 1, or these names; left out: targets are numbers'),
    standardise: z
      .boolean()
      .default(true)
      .describe('inputs to mean 0 and deviation 1 over the train items (csv)'),
    seed: whole.default(1).describe("of the drawn test items, apart from the run's seed"),
  }),
  z.strictObject({
    name: z.literal('module'),
    path: z.string().describe('your own file, .js or .ts (module)'),
    options: ruleOptions.describe("the file's own options (module)"),
  }),
]);

const alpha = positive.describe('the smaller, the less alike the owners are (dirichlet…)');
const minimumItems = atLeastOne
  .default(1)
  .describe('all is drawn again until every owner has that number of items (dirichlet…)');

const partitionSchema = z
  .union([
    z.enum(['iid', 'disjoint-by-label']),
    z.strictObject({ name: z.literal('dirichlet'), alpha, minimumItems }),
    z.strictObject({ name: z.literal('dirichlet-quantity'), alpha, minimumItems }),
    z.strictObject({
      name: z.literal('gamma-similarity'),
      gamma: share.describe('share of the items that is dealt as iid (gamma-similarity)'),
    }),
    z.strictObject({
      name: z.literal('shards'),
      perOwner: atLeastOne.describe('shards of items sorted by label that an owner gets (shards)'),
    }),
    z.strictObject({
      name: z.literal('table'),
      weights: z
        .record(z.string(), z.record(z.string().regex(/^\d+$/), z.number().min(0)))
        .describe("by owner, by label: the weight by which a label's items are shared (table)"),
    }),
  ])
  .default('iid')
  .describe('how the train items are dealt to their owners');

export const dataSchema = z
  .strictObject({
    dataset: datasetSchema
      .default({ name: 'mnist', binarise: false })
      .describe('the dataset to learn'),
    partition: partitionSchema,
    owners: z
      .enum(['regions', 'workers', 'shared'])
      .default('regions')
      .describe(
        "data belongs to the servers' regions, or to the workers, or is one pool that all workers draw from",
      ),
    regions: mapRegionsSchema,
    sampling: samplingSchema,
    batchSize: atLeastOne.default(100).describe('items of one gradient'),
  })
  .prefault({});
