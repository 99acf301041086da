import { keepAddress, keptAddress } from './server/page-address.ts';
import { PageServer } from './server/page-server.ts';
import { ServedRun } from './server/served-run.ts';

interface PageOptions {
  host: string;
  port: number;
  viewOnly?: boolean;
}

/**
 * Serves the page about the runs in these folders until the process gets a signal to end. Without a port of its
 * own (0) it has the address of the page of these runs before, if that is free: pages still open go on.
 */
export async function servePage(
  folders: readonly string[],
  { host, port, viewOnly = false }: PageOptions,
  onOpen: (url: string) => void,
): Promise<void> {
  const runs = folders.map((folder) => new ServedRun(folder, !viewOnly));
  const before = port === 0 ? keptAddress(folders) : null;
  const again = before && PageServer.open(runs, { host, ...before }).catch(() => null);
  const server = (await again) ?? (await PageServer.open(runs, { host, port }));
  // Not before: where it cannot listen, their threads would keep the process from its end.
  for (const run of runs) run.prepare();
  keepAddress(folders, server);
  onOpen(server.url);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
  });
  await server.close();
}
