import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * What a script of this folder prints; null where Python, or a package that it needs, is missing. BENCH_PYTHON names
 * another Python than Debian's. `env`: besides that of this process.
 */
export async function pythonOutput(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string | null> {
  const file = fileURLToPath(new URL(`../../bench/${script}`, import.meta.url));
  const program = process.env.BENCH_PYTHON ?? '/usr/bin/python3';
  try {
    return (
      await promisify(execFile)(program, [file, ...args], { env: { ...process.env, ...env } })
    ).stdout;
  } catch (error) {
    const { stderr, code } = error as { stderr?: string; code?: string };
    if (code === 'ENOENT' || /(Module|Package)NotFoundError/.test(stderr ?? '')) return null;
    throw error;
  }
}
