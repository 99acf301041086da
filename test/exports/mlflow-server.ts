import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A tracking server of MLflow on this machine, with a database and artifacts in a folder of its own. */
export async function startMlflow(
  python: string,
  dir: string,
): Promise<{ uri: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const options = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const stores = ['--backend-store-uri', 'sqlite:///runs.db', '--artifacts-destination', './kept'];
  const server = spawn(python, ['-m', 'mlflow', 'server', ...options, ...stores], {
    ...{ cwd: dir, stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  });
  await isUp(server);
  return {
    uri: `http://127.0.0.1:${port}`,
    stop: async () => {
      const ended = once(server, 'exit');
      // With the processes that it has started.
      process.kill(-server.pid!);
      await ended;
    },
  };
}

/** Resolves when the server says that it takes requests; rejects when it ends instead. */
async function isUp(server: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr!.on('data', (bytes) => {
      said += String(bytes);
      if (said.includes('Uvicorn running on')) resolve();
    });
    server.once('exit', () => reject(new Error(`mlflow server has ended: ${said}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
