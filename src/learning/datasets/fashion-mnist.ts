import { existsSync } from 'node:fs';
import { InputError } from '../../errors.ts';
import type { Dataset } from '../dataset.ts';
import { type IdxRole, loadIdx } from './idx.ts';

/** The pictures of clothes by Xiao, Rasul and Vollgraf (2017): 28 x 28 pixels, 10 classes. */
export interface FashionMnistSpec {
  name: 'fashion-mnist';
  /** With the four published files, plain or packed. */
  folder: string;
}

/** Where Debian's package dataset-fashion-mnist puts the files. */
export const FASHION_MNIST_FOLDER = '/usr/share/datasets/fashion-mnist';

/** SHA-256 of the published files, unpacked. */
const publishedHashes: Readonly<Record<IdxRole, string>> = {
  'train-images': 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  'train-labels': 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  't10k-images': '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  't10k-labels': '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
};

/** Fashion-MNIST, checked against the published hashes. */
export function loadFashionMnist({ folder }: FashionMnistSpec): Promise<Dataset> {
  if (!existsSync(folder)) {
    throw new InputError({
      place: { file: folder },
      found: 'no such folder',
      advice: [
        `\`apt-get install dataset-fashion-mnist\` puts Fashion-MNIST into ${FASHION_MNIST_FOLDER}`,
        'or set folder to one with the four files of github.com/zalandoresearch/fashion-mnist',
      ],
    });
  }
  return loadIdx('fashion-mnist', folder, 10, publishedHashes);
}
