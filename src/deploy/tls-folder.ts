import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureFolder } from '../ensure-folder.ts';
import { InputError } from '../errors.ts';
import { systemRefusal } from '../system-refusal.ts';
import { DEPLOYMENT_NAME, makePrivateAuthority } from '../transport/private-authority.ts';
import type { TlsFiles } from '../transport/transport.ts';
import { writeAtomically } from '../write-atomically.ts';

/** Days that a deployment's certificates are good for. */
const VALID_DAYS = 365;

const files = { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' } as const;

/** Certificates for one deployment: each of its processes listens and dials with the same. */
export async function newTls(hosts: readonly string[]): Promise<TlsFiles> {
  const { ca, listener } = await makePrivateAuthority(hosts, VALID_DAYS);
  return { ca, ...listener, serverName: DEPLOYMENT_NAME };
}

/** Writes `ca.pem`, `cert.pem` and `key.pem`, which only their owner can read. */
export function writeTlsFolder(folder: string, tls: TlsFiles): void {
  ensureFolder(folder, 0o700);
  for (const [part, file] of Object.entries(files)) {
    writeAtomically(join(folder, file), tls[part as keyof typeof files], { mode: 0o600 });
  }
}

/** Reads what `writeTlsFolder` wrote, or files of the user's own authority. Throws InputError. */
export function readTlsFolder(folder: string): TlsFiles {
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch (error) {
      throw new InputError({
        place: { file: folder },
        found: `${name} cannot be read: ${systemRefusal(error)}`,
        advice: [
          `expected ${Object.values(files).join(', ')}, the certificate for the name ${DEPLOYMENT_NAME}`,
          'edgemlsim deploy certificates DIR makes them',
        ],
      });
    }
  };
  const { ca, cert, key } = files;
  return { ca: read(ca), cert: read(cert), key: read(key), serverName: DEPLOYMENT_NAME };
}
