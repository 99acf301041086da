import type { ModuleSpec } from '../own-datasets/load.ts';
import type { CsvSpec } from './csv.ts';
import type { FashionMnistSpec } from './fashion-mnist.ts';
import type { IdxSpec } from './idx.ts';
import type { MnistSpec } from './mnist.ts';
import type { SyntheticSpec } from './synthetic.ts';

/** Which dataset a run learns from. Plain data, as the config gives it. */
export type DatasetSpec =
  | MnistSpec
  | FashionMnistSpec
  | IdxSpec
  | SyntheticSpec
  | CsvSpec
  | ModuleSpec;
