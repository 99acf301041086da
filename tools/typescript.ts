import { createRequire } from 'node:module';
import type typescript from 'typescript';

/** An `import` would search its nine megabytes for the names that it exports, for half a second. */
export const ts = createRequire(import.meta.url)('typescript') as typeof typescript;
