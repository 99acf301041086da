import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import type * as X509 from '@peculiar/x509';

/** The name in every listener's certificate, whatever its machine is called: `TlsFiles.serverName`. */
export const DEPLOYMENT_NAME = 'edgemlsim';

/** A certificate and its private key, in PEM. */
export interface Credential {
  cert: string;
  key: string;
}

/** All that the processes of one deployment need to trust each other and no other certificate. */
export interface PrivateAuthority {
  /** The authority's own certificate: what every process trusts. */
  ca: string;
  /** For processes that listen; they may dial too. */
  listener: Credential;
  /** For processes that only dial. */
  client: Credential;
}

const require = createRequire(import.meta.url);
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Makes a certificate authority for one deployment, and certificates for its processes: names or
 * addresses of the machines that listen, besides `DEPLOYMENT_NAME`, and days that they are good
 * for. The authority's key is discarded, so that it can never sign another certificate.
 */
export async function makePrivateAuthority(
  hosts: readonly string[],
  validDays: number,
): Promise<PrivateAuthority> {
  // Slow to load, and changes the global Reflect: only where certificates are made. Not by imports, which
  // read CommonJS twice.
  require('reflect-metadata');
  const x509 = require('@peculiar/x509') as typeof X509;
  // Clocks of other machines may be a little behind.
  const validity = {
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + validDays * DAY_MS),
  };
  const authority = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${DEPLOYMENT_NAME} private authority`,
    serialNumber: newSerialNumber(),
    ...validity,
    keys: authority,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;
  const names = [DEPLOYMENT_NAME, ...hosts].map((value) => ({
    type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const),
    value,
  }));
  const issue = async (role: string, usages: string[]): Promise<Credential> => {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${DEPLOYMENT_NAME} ${role}`,
      issuer: ca.subject,
      serialNumber: newSerialNumber(),
      ...validity,
      publicKey: keys.publicKey,
      signingKey: authority.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(usages),
        ...(usages.includes(serverAuth) ? [new x509.SubjectAlternativeNameExtension(names)] : []),
        await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
      ],
    });
    const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' });
    return { cert: certificate.toString('pem'), key: String(key) };
  };
  return {
    ca: ca.toString('pem'),
    listener: await issue('listener', [serverAuth, clientAuth]),
    client: await issue('client', [clientAuth]),
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** Sixteen random bytes as hexadecimal digits, a positive number. */
function newSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}
