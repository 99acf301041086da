import { keepAddress, keptAddress } from './page-address.ts';
import { PageServer } from './page-server.ts';
import type { SceneReader } from './scene-reader.ts';
import { ServedRun } from './served-run.ts';

interface Serving {
  host: string;
  /** 0: that of the page of these runs before, or a free one. */
  port: number;
  viewOnly: boolean;
}

/** Opens the page about the runs in these folders. Throws InputError or RunError. */
export async function openPage(
  folders: readonly string[],
  scenes: readonly SceneReader[],
  { host, port, viewOnly }: Serving,
): Promise<PageServer> {
  const runs = folders.map((folder, run) => new ServedRun(folder, !viewOnly, scenes[run]));
  const before = port === 0 ? keptAddress(folders) : null;
  const again = before && PageServer.open(runs, { host, ...before }).catch(() => null);
  const server = (await again) ?? (await PageServer.open(runs, { host, port }));
  keepAddress(folders, server);
  return server;
}
