// Imported by main.ts before it loads the code of commands.
import module from 'node:module';
import { join } from 'node:path';
import { userCacheFolder } from '../user-cache-folder.ts';

// Node.js 22.1 and later can keep what they compile: a short run then takes an eighth less. A folder that cannot
// be written, and one that is damaged, are as none.
const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };
if (!process.env.NODE_COMPILE_CACHE) enableCompileCache?.(join(userCacheFolder(), 'code'));
