import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { InputError } from '../../errors.ts';

/** Where Debian's package has it. */
const DEBIAN_HOME = '/usr/share/sumo';
const INSTALL = [
  'install it: `apt install sumo sumo-tools`, or `pip install eclipse-sumo`',
  'or set SUMO_HOME to the folder that holds its bin/ and tools/',
];

/** A program of SUMO: in SUMO_HOME/bin, or on the path. Throws InputError that names the package. */
export function sumoProgram(name: string): string {
  const { SUMO_HOME, PATH = '' } = process.env;
  const folders = [...(SUMO_HOME ? [join(SUMO_HOME, 'bin')] : []), ...PATH.split(delimiter)];
  const found = folders.map((folder) => join(folder, name)).find(isProgram);
  if (found !== undefined) return found;
  const looked = SUMO_HOME ? `in SUMO_HOME/bin (${SUMO_HOME}) or on PATH` : 'on PATH';
  throw new InputError({ found: `SUMO's \`${name}\` is not ${looked}`, advice: INSTALL });
}

/** A script of SUMO's tools, and the arguments that make Python run it. Throws InputError. */
export function sumoTool(name: string): string {
  const home = process.env.SUMO_HOME ?? DEBIAN_HOME;
  const file = join(home, 'tools', name);
  if (isReadable(file)) return file;
  throw new InputError({ found: `SUMO's tool ${name} is not in ${home}/tools`, advice: INSTALL });
}

/**
 * Runs a program to its end. Out: what it wrote to stdout. Throws InputError with the last lines that it
 * wrote to stderr: what is wrong is in the files that it was given.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { folder?: string } = {},
): Promise<string> {
  const { folder = '.' } = options;
  // Without it SUMO looks its schemas up in the network.
  const ofDebian = isReadable(DEBIAN_HOME) ? { SUMO_HOME: DEBIAN_HOME } : {};
  const env = { ...ofDebian, ...process.env };
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, problems] = ['', ''];
  child.stdout.on('data', (text: Buffer) => {
    out += text.toString();
  });
  child.stderr.on('data', (text: Buffer) => {
    problems = (problems + text.toString()).slice(-4000);
  });
  const code = await new Promise<number | string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  if (code === 0) return out;
  const lines = problems.split('\n').filter((line) => line.trim() !== '');
  throw new InputError({
    found: `\`${[program, ...args].join(' ')}\` ended with ${code}`,
    advice: lines.slice(-4),
  });
}

function isProgram(file: string): boolean {
  return has(file, constants.X_OK);
}

function isReadable(file: string): boolean {
  return has(file, constants.R_OK);
}

function has(file: string, mode: number): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}
