import { writeFileSync } from 'node:fs';
import { architecturePicture } from './architecture-picture.ts';
import { importGraph } from './import-graph.ts';

writeFileSync('docs/images/architecture.svg', architecturePicture(importGraph('.')));
