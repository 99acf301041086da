import { createSocket } from 'node:dgram';

/** The address of this machine from which it reaches another one. Sends no packet. */
export async function ownAddress({ host, port }: { host: string; port: number }): Promise<string> {
  const family = host.includes(':') ? 'udp6' : 'udp4';
  const socket = createSocket(family);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).connect(port, host, resolve);
    });
    return socket.address().address;
  } finally {
    socket.close();
  }
}
