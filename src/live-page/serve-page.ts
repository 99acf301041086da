import { PageServer } from './server/page-server.ts';
import { ServedRun } from './server/served-run.ts';

interface PageOptions {
  host: string;
  port: number;
  viewOnly?: boolean;
}

/** Serves the page about the runs in these folders until the process is told to end. */
export async function servePage(
  folders: readonly string[],
  { host, port, viewOnly = false }: PageOptions,
  onOpen: (url: string) => void,
): Promise<void> {
  const runs = folders.map((folder) => new ServedRun(folder, !viewOnly));
  for (const run of runs) await run.refresh();
  const server = await PageServer.open(runs, { host, port });
  onOpen(server.url);
  for (const run of runs) run.prepare();
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
  });
  await server.close();
}
