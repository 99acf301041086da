import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../errors.ts';
import { parseOptions } from '../../rules/running/load.ts';
import {
  loadUsersFile,
  type UsersFileKind,
  usersFileHash,
} from '../../rules/running/users-file.ts';
import type { Dataset, Split } from '../dataset.ts';
import { hashOf } from '../dataset-hash.ts';
import * as publicInterface from './index.ts';
import type { OwnData, OwnDataset, OwnItems } from './own-dataset.ts';

/** A dataset that a user's own file makes or reads. */
export interface ModuleSpec {
  name: 'module';
  path: string;
  /** As the user wrote them; the dataset's schema completes them. */
  options?: Record<string, unknown> | undefined;
}

const DATASET_FILE: UsersFileKind = {
  what: 'dataset file',
  // One file may have the model, too; what that module offers are types.
  modules: { 'edgemlsim/datasets': publicInterface, 'edgemlsim/models': {} },
};

/**
 * Loads a user's file and what it holds. The hash covers the values; the file's own is in the
 * provenance.
 * Throws InputError: the file does not load or fails, or its data are not as they should be; and
 * OptionsRefused.
 */
export async function loadModule(spec: ModuleSpec, baseFolder: string): Promise<Dataset> {
  const file = resolve(baseFolder, spec.path);
  const sha256 = await usersFileHash(file, DATASET_FILE);
  const module = await loadUsersFile(file, sha256, DATASET_FILE);
  const dataset = checkShape(module.dataset ?? module.default, file);
  const options = parseOptions(dataset, spec.options);
  let data: OwnData;
  try {
    data = await dataset.load(options, { folder: dirname(file) });
  } catch (error) {
    throw refused(
      file,
      `dataset ${dataset.name} fails: ${error instanceof Error ? error.message : error}`,
    );
  }
  return new OwnReading(file).dataset(dataset.name, data);
}

function checkShape(value: unknown, file: string): OwnDataset {
  if (typeof value !== 'object' || value === null || !('load' in value)) {
    throw refused(
      file,
      'no dataset: the file must export one, as default or as `dataset`, with load()',
    );
  }
  const { name, options, load } = value as OwnDataset;
  if (typeof load !== 'function') throw refused(file, 'not a dataset: load() is missing');
  if (typeof name !== 'string' || name === '') throw refused(file, 'the dataset has no name');
  if (options !== undefined && !(options instanceof z.ZodType)) {
    throw refused(
      file,
      `options of ${name} must be a zod schema, made with z from edgemlsim/datasets`,
    );
  }
  return value as OwnDataset;
}

function refused(file: string, found: string): InputError {
  return new InputError({
    place: { file },
    found,
    advice: ['see docs/own-dataset.md for a file that works'],
  });
}

/** Turns what a user's file gave into a dataset, and reports its faults. */
class OwnReading {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  dataset(name: string, data: OwnData): Dataset {
    if (typeof data !== 'object' || data === null) this.#refuse('load() gave no data');
    const { classes } = data;
    if (classes !== null && !(Number.isInteger(classes) && classes >= 2 && classes <= 256)) {
      this.#refuse(`classes is ${classes}, expected a whole number from 2 to 256, or null`);
    }
    const features = this.#width(data.train?.items, 'train.items');
    const outputs = classes ?? this.#width(data.train.targets, 'train.targets');
    const none = { items: [], targets: [] };
    const sizes = { features, classes, outputs };
    const splits = {
      train: this.#split('train', data.train, sizes),
      validation: this.#split('validation', data.validation ?? none, sizes),
      test: this.#split('test', data.test, sizes),
    };
    if (splits.test.items === 0) this.#refuse('test has no items');
    return { name, ...sizes, splits, sha256: hashOf(splits) };
  }

  /** How many numbers the first row has. */
  #width(rows: ArrayLike<number | ArrayLike<number>> | undefined, where: string): number {
    const first = rows?.[0];
    if (first === undefined) return this.#refuse(`${where} is empty`);
    const length = typeof first === 'number' ? 1 : first.length;
    if (length > 0) return length;
    return this.#refuse(`${where}[0] is ${JSON.stringify(first)}, expected numbers`);
  }

  #split(
    name: string,
    given: OwnItems | undefined,
    { features, classes, outputs }: { features: number; classes: number | null; outputs: number },
  ): Split {
    if (given?.items === undefined || given.targets === undefined) {
      return this.#refuse(`${name} needs items and targets`);
    }
    const items = given.items.length;
    if (given.targets.length !== items) {
      this.#refuse(`${name} has ${items} items and ${given.targets.length} targets`);
    }
    const inputs = this.#flat(given.items, features, `${name}.items`);
    if (classes === null) {
      const targets = this.#flat(given.targets, outputs, `${name}.targets`);
      return { items, inputs, scale: 1, targets };
    }
    const targets = Uint8Array.from({ length: items }, (_, item) => {
      const label = given.targets[item];
      if (Number.isInteger(label) && (label as number) >= 0 && (label as number) < classes) {
        return label as number;
      }
      return this.#refuse(`${name}.targets[${item}] is ${label}, expected 0 to ${classes - 1}`);
    });
    return { items, inputs, scale: 1, targets };
  }

  /** Row after row, as float32. */
  #flat(rows: ArrayLike<number | ArrayLike<number>>, width: number, where: string): Float32Array {
    const flat = new Float32Array(rows.length * width);
    for (let row = 0; row < rows.length; row += 1) {
      const given = rows[row]!;
      const values = typeof given === 'number' ? [given] : given;
      if (values?.length !== width) {
        this.#refuse(`${where}[${row}] is ${values?.length} long, the first one ${width}`);
      }
      for (let column = 0; column < width; column += 1) {
        const value = values[column] as unknown;
        if (typeof value !== 'number' || !Number.isFinite(Math.fround(value))) {
          const at = typeof given === 'number' ? '' : `[${column}]`;
          this.#refuse(`${where}[${row}]${at} is ${value}, expected a finite number`);
        }
        flat[row * width + column] = value as number;
      }
    }
    return flat;
  }

  #refuse(found: string): never {
    throw refused(this.#file, found);
  }
}
