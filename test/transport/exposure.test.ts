import { describe, expect, it } from 'vitest';
import { checkExposure } from '#src/transport/exposure.js';
import { tcp } from '#src/transport/tcp.js';
import { webSocket } from '#src/transport/websocket.js';
import { localOptions, secret } from './options.ts';

const files = { ca: '', cert: '', key: '' };

describe('being reachable', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('needs nothing at %s', (host) => {
    expect(checkExposure(localOptions({ host }))).toBeNull();
  });

  it.each(['0.0.0.0', '::', '', '10.0.0.1', 'localhost.example.org', '::ffff:10.0.0.1'])(
    'needs a secret and TLS at "%s"',
    (host) => {
      expect(() => checkExposure(localOptions({ host, tls: files }))).toThrow(/no secret/);
      expect(() => checkExposure(localOptions({ host, insecure: true }))).toThrow(/no secret/);
      expect(() => checkExposure(localOptions({ host, secret }))).toThrow(/encrypted/);
      expect(checkExposure(localOptions({ host, secret, tls: files }))).toBeNull();
    },
  );

  it('without TLS is possible where the user insists, with a warning', () => {
    const options = localOptions({ host: '0.0.0.0', port: 4000, secret, insecure: true });
    expect(checkExposure(options)).toMatch(/^INSECURE: .*0\.0\.0\.0:4000/);
  });

  it('needs a secret of 128 bits, and never prints it', () => {
    const short = Buffer.from('fifteen letters');
    expect(() => checkExposure(localOptions({ secret: short }))).toThrow(/15 bytes/);
    expect(() => checkExposure(localOptions({ secret: short }))).not.toThrow(/fifteen/);
    expect(checkExposure(localOptions({ secret: Buffer.alloc(16) }))).toBeNull();
  });

  it('is checked before anything is opened, on both sides of both transports', async () => {
    const options = localOptions({ host: '0.0.0.0' });
    for (const transport of [tcp, webSocket]) {
      await expect(transport.listen(options, () => {})).rejects.toThrow(/no secret/);
      await expect(transport.connect(options)).rejects.toThrow(/no secret/);
    }
  });

  it('comes with a warning from the listener', async () => {
    const options = localOptions({ host: '0.0.0.0', secret, insecure: true });
    for (const transport of [tcp, webSocket]) {
      const listener = await transport.listen(options, () => {});
      expect(listener.warning).toMatch(/INSECURE/);
      await listener.close();
    }
  });
});
