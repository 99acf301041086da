import { SceneReader } from './server/scene-reader.ts';

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
  // What a page waits for longest: read beside the loading of the server.
  const scenes = folders.map((folder) => new SceneReader(folder));
  let server: { url: string; close: () => Promise<void> };
  try {
    const { openPage } = await import('./server/open-page.ts');
    server = await openPage(folders, scenes, { host, port, viewOnly });
  } catch (error) {
    // Their threads would keep the process.
    await Promise.all(scenes.map((scene) => scene.close()));
    throw error;
  }
  onOpen(server.url);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
  });
  await server.close();
}
