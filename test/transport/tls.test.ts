import { X509Certificate } from 'node:crypto';
import { connect as openTlsSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '#src/transport/connection.js';
import type { Frame } from '#src/transport/frame.js';
import {
  type Credential,
  DEPLOYMENT_NAME,
  makePrivateAuthority,
  type PrivateAuthority,
} from '#src/transport/private-authority.js';
import { tcp } from '#src/transport/tcp.js';
import type { TlsFiles } from '#src/transport/transport.js';
import { webSocket } from '#src/transport/websocket.js';
import { localOptions, secret } from './options.ts';

let ours: PrivateAuthority;
let others: PrivateAuthority;
beforeAll(async () => {
  ours = await makePrivateAuthority(['127.0.0.1', 'edge-1.example.org'], 30);
  others = await makePrivateAuthority(['127.0.0.1'], 30);
});

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function files(ca: string, { cert, key }: Credential, serverName?: string): TlsFiles {
  return { ca, cert, key, ...(serverName === undefined ? {} : { serverName }) };
}

describe('a private authority', () => {
  it('signs what both roles need, and nothing more', () => {
    const ca = new X509Certificate(ours.ca);
    expect(ca.ca).toBe(true);
    for (const { cert, key } of [ours.listener, ours.client]) {
      const certificate = new X509Certificate(cert);
      expect(certificate.verify(ca.publicKey)).toBe(true);
      expect(certificate.checkIssued(ca)).toBe(true);
      expect(certificate.ca).toBe(false);
      expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    }
    const listener = new X509Certificate(ours.listener.cert);
    expect(listener.checkHost(DEPLOYMENT_NAME)).toBe(DEPLOYMENT_NAME);
    expect(listener.checkHost('edge-1.example.org')).toBe('edge-1.example.org');
    expect(listener.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(listener.checkHost('edge-2.example.org')).toBeUndefined();
    expect(new X509Certificate(ours.client.cert).subjectAltName).toBeUndefined();
    expect(
      new X509Certificate(ours.client.cert).verify(new X509Certificate(others.ca).publicKey),
    ).toBe(false);
  });

  it('is good for as long as asked', () => {
    const days =
      (Date.parse(new X509Certificate(ours.client.cert).validTo) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29);
    expect(days).toBeLessThanOrEqual(30);
  });
});

describe.each([tcp, webSocket])('TLS under $name', (transport) => {
  async function listening(tls: TlsFiles = files(ours.ca, ours.listener)) {
    const taken: Connection[] = [];
    const options = localOptions({ secret, tls });
    const listener = await transport.listen(options, (connection) => taken.push(connection));
    ends.push(() => listener.close());
    const connect = (clientTls: TlsFiles | null) => {
      return transport.connect({ ...options, port: listener.address.port, tls: clientTls });
    };
    return { listener, taken, connect };
  }

  it('carries frames both ways between two of one authority', async () => {
    const { taken, connect } = await listening();
    const client = await connect(files(ours.ca, ours.client));
    const [server] = taken;
    for (const [from, to] of [
      [client, server!],
      [server!, client],
    ] as const) {
      const body = new Float32Array(109_386).fill(0.5);
      const arrived = new Promise<Frame>((resolve) => {
        to.onFrame = resolve;
      });
      from.send({ header: { n: 1 }, body });
      expect(await arrived).toEqual({ header: { n: 1 }, body });
    }
  });

  it('knows a listener by the deployment’s name where its host is not in the certificate', async () => {
    const elsewhere = await makePrivateAuthority([], 30);
    const { taken, connect } = await listening(files(elsewhere.ca, elsewhere.listener));
    await connect(files(elsewhere.ca, elsewhere.client, DEPLOYMENT_NAME));
    expect(taken.length).toBe(1);
    const unnamed = connect(files(elsewhere.ca, elsewhere.client));
    await expect(unnamed).rejects.toMatchObject({ failure: 'tls' });
  });

  it('refuses a listener of another authority', async () => {
    const { taken, connect } = await listening();
    await expect(connect(files(others.ca, ours.client))).rejects.toMatchObject({ failure: 'tls' });
    expect(taken).toEqual([]);
  });

  it('refuses a client of another authority', async () => {
    const { listener, taken, connect } = await listening();
    const attempt = connect(files(ours.ca, others.client));
    await expect(attempt).rejects.toMatchObject({ name: 'TransportError' });
    expect(listener.refused.tls).toBe(1);
    expect(taken).toEqual([]);
  });

  it('refuses a client that passes for a listener', async () => {
    const { connect } = await listening(files(ours.ca, ours.client));
    const attempt = connect(files(ours.ca, ours.client, DEPLOYMENT_NAME));
    await expect(attempt).rejects.toMatchObject({ failure: 'tls' });
  });

  it('refuses a client without a certificate, or without TLS', async () => {
    const { listener, taken, connect } = await listening();
    await expect(connect(null)).rejects.toMatchObject({ name: 'TransportError' });
    const { port } = listener.address;
    const bare = openTlsSocket({ port, host: '127.0.0.1', ca: ours.ca });
    await new Promise((resolve) => bare.on('error', resolve).on('close', resolve));
    expect(listener.refused.tls).toBe(2);
    expect(taken).toEqual([]);
  });

  it('is not enough without the secret', async () => {
    const { listener } = await listening();
    const attempt = transport.connect(
      localOptions({
        port: listener.address.port,
        secret: Buffer.alloc(16),
        tls: files(ours.ca, ours.client),
      }),
    );
    await expect(attempt).rejects.toMatchObject({ failure: 'unauthorised' });
  });
});
