import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import { kernelsName } from '../kernels/kernels.ts';
import { systemRefusal } from '../system-refusal.ts';
import { userCacheFolder } from '../user-cache-folder.ts';

/** A requirement of a part of the program, and the machine's answer to it. */
interface MachineFinding {
  what: string;
  /** Where it is, or how much of it; null where it is not found. */
  found: string | null;
  /** Why it cannot be used as it is set. */
  problem?: string;
  purpose: string;
}

const OLDEST_NODE = 20;

/** Programs by the part that starts them; of several the first one found. */
const PROGRAMS: [what: string, names: string[], purpose: string][] = [
  ['SUMO', ['sumo'], 'traces of a scenario: mobility.trace { sumo }, scenario make'],
  ['Docker', ['docker'], 'deploy compose'],
  ['SSH', ['ssh'], 'deploy ssh'],
  ['Slurm', ['sbatch'], 'deploy slurm'],
  ['MPI', ['mpirun', 'mpiexec'], 'deploy mpirun'],
  ['git', ['git'], 'the commit in provenance.json'],
];

/** Looks at this process, the path and the installed packages; starts nothing. */
export function findings(): MachineFinding[] {
  const [major] = process.versions.node.split('.');
  const isSupported = Number(major) >= OLDEST_NODE;
  const node = isSupported ? `${process.version}` : `${process.version}, too old`;
  return [
    { what: 'Node.js', found: node, purpose: `everything (from version ${OLDEST_NODE})` },
    {
      what: 'cores',
      found: `${availableParallelism()} (${cpus()[0]?.model.trim() ?? 'unknown'})`,
      purpose: '--threads, --jobs',
    },
    {
      what: 'memory',
      found: `${gib(totalmem())} GiB, ${gib(freemem())} free`,
      purpose: 'vectors of all nodes, datasets',
    },
    {
      what: 'kernels',
      ...kernels(),
      purpose:
        'the engine reference and the rules; wasm always, native where a C compiler built it',
    },
    {
      what: 'TensorFlow',
      found: packageFound('@tensorflow/tfjs-node'),
      purpose: 'model.engine tfjs-node; other engines come with the program',
    },
    {
      what: 'cache',
      ...cache(),
      purpose: 'what was made of traces before; --no-cache does without it',
    },
    ...PROGRAMS.map(([what, names, purpose]) => ({ what, found: firstOnPath(names), purpose })),
  ];
}

function kernels(): Pick<MachineFinding, 'found' | 'problem'> {
  try {
    return { found: kernelsName() };
  } catch (error) {
    const problem = (error as Error).message.replaceAll(/\n\s*/g, '; ');
    return { found: null, problem };
  }
}

/** The user's, and how much is in it. */
function cache(): Pick<MachineFinding, 'found'> {
  const folder = userCacheFolder();
  if (!existsSync(folder)) return { found: `${folder}, nothing yet` };
  try {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => statSync(join(folder, name), { throwIfNoEntry: false }))
      .filter((entry) => entry?.isFile());
    const bytes = files.reduce((sum, entry) => sum + entry!.size, 0);
    return { found: `${folder}, ${(bytes / 1e6).toFixed(1)} MB` };
  } catch (error) {
    return { found: `${folder}, which cannot be read (${systemRefusal(error)})` };
  }
}

function gib(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}

function packageFound(name: string): string | null {
  try {
    const require = createRequire(import.meta.url);
    const { version } = require(`${name}/package.json`) as { version: string };
    return `${name} ${version}`;
  } catch {
    return null;
  }
}

function firstOnPath(names: readonly string[]): string | null {
  const { PATH = '', SUMO_HOME } = process.env;
  const ofSumo = SUMO_HOME && names.includes('sumo') ? [join(SUMO_HOME, 'bin')] : [];
  const files = [...ofSumo, ...PATH.split(delimiter)].flatMap((folder) =>
    names.map((name) => join(folder, name)),
  );
  return files.find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
