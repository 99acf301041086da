import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../../errors.ts';
import { systemRefusal } from '../../system-refusal.ts';
import type { Dataset, Split } from '../dataset.ts';
import { decodeIdx, type IdxArray, readIdxFile } from './idx-file.ts';

/** The four files of an IDX dataset, by the first part of their names. */
const idxRoles = ['train-images', 'train-labels', 't10k-images', 't10k-labels'] as const;
export type IdxRole = (typeof idxRoles)[number];

/** A dataset of the MNIST family, for instance Fashion-MNIST, from a folder of IDX files. */
export interface IdxSpec {
  name: 'idx';
  folder: string;
  /** Labels are 0 to classes - 1. Default 10. */
  classes?: number;
}

interface Images {
  items: number;
  width: number;
  height: number;
  pixels: Uint8Array;
}

/**
 * The dataset in a folder of four IDX files, plain or packed with gzip.
 *
 * The first five sixths of the train files become the train split, the rest validation: 50 000
 * and 10 000 of 60 000. The hash covers the unpacked files, so packing does not change it.
 * `expected` are SHA-256s that the unpacked files must have.
 * Throws InputError: a missing, damaged or mismatched file.
 */
export async function loadIdx(
  name: string,
  folder: string,
  classes: number,
  expected?: Readonly<Record<IdxRole, string>>,
): Promise<Dataset> {
  const paths = await findFiles(folder);
  const files = await Promise.all(
    paths.map((path, index) => readIdxFile(path, idxRoles[index]!.endsWith('images') ? 3 : 1)),
  );
  const hashes = files.map((file) => createHash('sha256').update(file).digest('hex'));
  if (expected) checkHashes(paths, hashes, expected);

  const train = decodeImages(files[0]!, paths[0]!);
  const trainLabels = decodeLabels(files[1]!, paths[1]!, train, paths[0]!, classes);
  const test = decodeImages(files[2]!, paths[2]!);
  const testLabels = decodeLabels(files[3]!, paths[3]!, test, paths[2]!, classes);
  if (train.width !== test.width || train.height !== test.height) {
    throw new InputError({
      place: { file: paths[2]! },
      found: `holds images of ${test.height} x ${test.width} pixels`,
      advice: [`${basename(paths[0]!)} holds images of ${train.height} x ${train.width}`],
    });
  }
  const trained = Math.floor((train.items * 5) / 6);
  if (trained === 0) {
    throw new InputError({
      place: { file: paths[0]! },
      found: 'holds 1 image',
      advice: ['expected at least 2: the last sixth becomes the validation split'],
    });
  }
  const lines = idxRoles.map((role, index) => `${role} ${hashes[index]}\n`);
  return {
    name,
    features: train.width * train.height,
    classes,
    outputs: classes,
    splits: {
      train: cut(train, trainLabels, 0, trained),
      validation: cut(train, trainLabels, trained, train.items),
      test: cut(test, testLabels, 0, test.items),
    },
    sha256: createHash('sha256').update(lines.join('')).digest('hex'),
  };
}

/** The paths in the order of `idxRoles`; every file that is missing is named at once. */
async function findFiles(folder: string): Promise<string[]> {
  let names: Set<string>;
  try {
    names = new Set(await readdir(folder));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError({
      place: { file: folder },
      found: missing ? 'no such folder' : `cannot be listed: ${systemRefusal(error)}`,
      advice: ['expected a folder with the four IDX files of a dataset'],
    });
  }
  const problems: { place: { file: string }; found: string; advice: string[] }[] = [];
  const paths: string[] = [];
  for (const role of idxRoles) {
    const candidates = fileNames(role);
    const name = candidates.find((candidate) => names.has(candidate));
    if (name !== undefined) paths.push(join(folder, name));
    else {
      const advice = [`looked for ${candidates.join(', ')}`];
      problems.push({ place: { file: folder }, found: `the ${role} file is missing`, advice });
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return paths;
}

/** Possible names of a file, for instance `train-images-idx3-ubyte`; the first one found counts. */
function fileNames(role: IdxRole): string[] {
  const type = role.endsWith('images') ? 'idx3-ubyte' : 'idx1-ubyte';
  return ['', '.gz'].flatMap((packed) => [`${role}-${type}${packed}`, `${role}.${type}${packed}`]);
}

function checkHashes(
  paths: readonly string[],
  hashes: readonly string[],
  expected: Readonly<Record<IdxRole, string>>,
): void {
  const problems = idxRoles.flatMap((role, index) =>
    hashes[index] === expected[role]
      ? []
      : {
          place: { file: paths[index]! },
          found: `not the published file: its SHA-256 is ${hashes[index]}`,
          advice: [`expected ${expected[role]}`, 'install or load the files again'],
        },
  );
  if (problems.length > 0) throw new InputError(problems);
}

function decodeImages(bytes: Uint8Array, file: string): Images {
  const { shape, values }: IdxArray = decodeIdx(bytes, 3, file);
  const [items, height, width] = shape as [number, number, number];
  if (values.length === 0) {
    throw new InputError({
      place: { file },
      found: `holds ${items} images of ${height} x ${width} pixels`,
      advice: ['expected at least one image of one pixel'],
    });
  }
  return { items, height, width, pixels: values };
}

function decodeLabels(
  bytes: Uint8Array,
  file: string,
  images: Images,
  imagesFile: string,
  classes: number,
): Uint8Array {
  const labels = decodeIdx(bytes, 1, file).values;
  if (labels.length !== images.items) {
    throw new InputError({
      place: { file },
      found: `holds ${labels.length} labels`,
      advice: [`${basename(imagesFile)} holds ${images.items} images`],
    });
  }
  const item = labels.findIndex((label) => label >= classes);
  if (item >= 0) {
    throw new InputError({
      place: { file },
      found: `item ${item} has the label ${labels[item]}`,
      advice: [`expected 0 to ${classes - 1}; set the number of classes if there are more`],
    });
  }
  return labels;
}

function cut(images: Images, labels: Uint8Array, from: number, to: number): Split {
  const features = images.width * images.height;
  return {
    items: to - from,
    inputs: images.pixels.subarray(from * features, to * features),
    scale: Math.fround(1 / 255),
    targets: labels.subarray(from, to),
  };
}
