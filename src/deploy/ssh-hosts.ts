import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { InputError } from '../errors.ts';

const hostSchema = z.strictObject({
  host: z.string().min(1),
  user: z.string().min(1).optional(),
  port: z.int().min(1).max(65535).optional(),
  /** File of a private key. */
  key: z.string().min(1).optional(),
  /** Where edgemlsim is, or a project that it is installed in. */
  folder: z.string().min(1),
  /** The command `edgemlsim` there, as the shell there reads it. */
  program: z.string().min(1).default('npx --no edgemlsim'),
  cores: z.int().min(1).optional(),
});

/** One machine of a host list. */
export type SshHost = z.infer<typeof hostSchema>;

/** Reads a YAML list of hosts. Throws InputError. */
export function readHostList(file: string): SshHost[] {
  const place = { file };
  try {
    return z
      .array(hostSchema)
      .min(1)
      .parse(parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const said = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new InputError({
      place,
      found: `not a list of hosts: ${said}`,
      advice: ['expected YAML such as: [{ host: lab1, user: me, folder: /home/me/edgemlsim }]'],
    });
  }
}
