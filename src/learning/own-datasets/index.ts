/**
 * The contract of data of one's own: `import { defineDataset } from 'edgemlsim/datasets'`.
 *
 * @module edgemlsim/datasets
 */

export { z } from 'zod';
export type { RandomSource } from '../../rules/contract/plain-data.ts';
export { defineDataset, type OwnData, type OwnDataset, type OwnItems } from './own-dataset.ts';
export { randomSource } from './random-source.ts';
